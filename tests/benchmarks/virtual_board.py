# SPDX-License-Identifier: Apache-2.0
"""Simulated cycles per second: the virtual board under PYNQ, beside two cocotb testbenches.

    python -m tests.benchmarks.virtual_board [--device tiny] [GRAPH ...]

All three simulate the same program on the same RTL: the board with its C++ loop, the testbench of
the ``rtl`` backend with the same C++ memory behind DPI-C, and a bench with its memory in Python.
They run in turn, several times, and the best of each counts; all are single-threaded.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from hgcn_sim.runs.backend import execution
from hgcn_sim.runs.inference import build_top, run_job
from hgcn_sim.top.job import Run

import hgcn
from hgcn.errors import DatasetError
from tests.benchmarks.python_memory import simulate_with_python_memory

ROUNDS, RUNS = 3, 5
"""The best of so many rounds of so many runs: other work on the machine only slows one down."""

SHORT_CYCLES = 100_000
"""Longer programs run once a round, and not with the memory in Python: it takes minutes."""

METHOD = f"""\
Simulated PL cycles per second of wall time: the best run of {ROUNDS} rounds, in which all three
simulate in turn, {RUNS} times each; once each for programs of more than {SHORT_CYCLES:,} cycles.
board    the whole call of LoadedProgram.run under PYNQ, with all cycles that pass in it: register
         accesses and waiting, too. The column of cycles is what the program itself took.
DPI      cocotb, hgcn_tb, the same memory in C++: from the write that starts to the interrupt,
         without starting the simulator and loading the program.
Python   cocotb, hgcn_top, cocotbext-axi's AxiRam and AxiLiteMaster: likewise; whole inferences,
         but none of the longer programs.
All outputs are bit-exact, and board and DPI take the same cycles: otherwise this stops."""


@dataclass(frozen=True)
class Rate:
    cycles: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.cycles / self.seconds


def board_rate(loaded: Any, model: Any) -> tuple[int, Rate]:
    """Return the cycles the program took, and those that passed in the whole call."""
    before = model.cycles
    result = loaded.run(wait="interrupt")
    assert result.bit_exact
    return result.cycles, Rate(model.cycles - before, result.seconds)


def measure(program: hgcn.Program) -> tuple[int, dict[str, Rate]]:
    """Return the program's cycles, and the best rate of each simulation."""
    from hgcn_host import HgcnOverlay
    from hgcn_sim.board.select import for_device

    image, device = program.image, program.device
    rates: dict[str, list[Rate]] = {"board": [], "dpi": [], "python": []}
    build_top(device)
    with HgcnOverlay(device=for_device(device, {})) as overlay:
        loaded = overlay.load(program)
        cycles, _ = board_rate(loaded, overlay.device.model)
        runs = RUNS if cycles <= SHORT_CYCLES else 1
        for _ in range(ROUNDS):
            for _ in range(runs):
                rates["board"].append(board_rate(loaded, overlay.device.model)[1])
            benches = run_job(image, device, (Run(),) * runs)
            assert benches[0].counters["CYCLES"] == cycles
            for dpi in benches:
                assert program.result(execution(dpi), backend="rtl", seconds=dpi.seconds).bit_exact
                rates["dpi"].append(Rate(dpi.cycles, dpi.seconds))
            if cycles <= SHORT_CYCLES:
                found, output = simulate_with_python_memory(image, device, runs)
                assert output == dpi.output and all(run.done for run in found)
                rates["python"] += [Rate(run.cycles, run.wall_seconds) for run in found]
    best = {
        name: max(found, key=lambda rate: rate.per_second) for name, found in rates.items() if found
    }
    return cycles, best


def line(name: str, cycles: int, rates: dict[str, Rate]) -> str:
    """Return a row of the table."""
    board, dpi = rates["board"].per_second, rates["dpi"].per_second
    text = (
        f"{name:10s} {cycles:10,} {board / 1e3:10.0f} k/s {dpi / 1e3:10.0f} k/s {board / dpi:6.1f}"
    )
    if "python" not in rates:
        return text
    python = rates["python"].per_second
    return f"{text} {python / 1e3:10.1f} k/s {board / python:6.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graphs", nargs="*", default=["digits", "cora", "pubmed"])
    parser.add_argument("--device", default="tiny")
    wanted = parser.parse_args()
    print(METHOD, end="\n\n")
    print(f"{'graph':10s} {'cycles':>10s} {'board':>14s} {'DPI':>14s} {'ratio':>6s}", end="")
    print(f" {'Python':>14s} {'ratio':>6s}")
    for name in wanted.graphs:
        try:
            graph = hgcn.datasets.load(name)
        except DatasetError as fault:
            print(f"{name:10s} left out: {fault}")
            continue
        program = hgcn.compile(hgcn.GCN.load(name), graph, device=wanted.device)
        print(line(name, *measure(program)), flush=True)


if __name__ == "__main__":
    main()

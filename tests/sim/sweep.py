# SPDX-License-Identifier: Apache-2.0
"""Small programs, and runs of them disturbed at every point, each followed by a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hgcn_sim.inference import Run, SimResult, run_job

import hgcn
from hgcn.arch.device import LINE_BYTES
from hgcn.execution.backend import RunOptions, backend
from hgcn.format.numbers import RECORD_BYTES, Base
from hgcn.graph import from_edges
from hgcn.isa.commands import Drain, streams
from hgcn.isa.image import read_commands, read_header

BATCH = 250
"""Disturbed runs of one simulator start."""

TIMEOUT_CYCLES = 20_000

QUICK_CYCLES = 4
"""Latency of a memory with which programs are short: what happens in a cycle is dense."""


@dataclass(frozen=True)
class Shape:
    """A random graph and model: nodes, edges, widths of the layers, policy, where features are."""

    nodes: int
    edges: int
    dims: tuple[int, ...]
    policy: str = "balanced"
    features: str = "program"


SHAPES = {
    # Every command at its least; the PL engine alone.
    "lanes": Shape(6, 8, (4, 3), "pl-only"),
    # The array alone: a packet for every PE row at the same time.
    "array": Shape(20, 20, (12, 4), "aie-only"),
    # Both engines at once, a layer's output back through memory.
    "layers": Shape(16, 50, (8, 8, 4)),
    # Features from the INPUT region, in tiles.
    "input": Shape(40, 60, (8, 4), features="input"),
    # The program of 1,683 cycles on `tiny` in which this kind of fault was found.
    "long": Shape(60, 240, (20, 16, 4)),
}


@dataclass(frozen=True)
class Small:
    """A program, what it must give, the undisturbed run's cycles, and the memory it runs on."""

    program: hgcn.Program
    output: bytes
    cycles: int
    input_data: bytes
    latency_cycles: int | None

    def run(self, runs: Sequence[Run], **memory: Any) -> list[SimResult]:
        """Start the program once for each of ``runs`` in one simulation."""
        results: list[SimResult] = run_job(
            self.program.image,
            self.program.device,
            runs,
            input_data=self.input_data or None,
            latency_cycles=self.latency_cycles,
            timeout_cycles=TIMEOUT_CYCLES,
            **memory,
        )
        return results


@cache
def small(name: str, device: str, latency_cycles: int | None = None) -> Small:
    """Return the program of a shape; its output is the emulator's, which knows no hardware."""
    shape = SHAPES[name]
    rng = np.random.default_rng(0)
    edges = rng.integers(0, shape.nodes, (shape.edges, 2))
    size = (shape.nodes, shape.dims[0])
    features = (rng.random(size) < 0.4) * rng.random(size)
    graph = from_edges(shape.nodes, edges, symmetrise=True, features=features)
    program = hgcn.compile(
        hgcn.GCN.random(list(shape.dims), 0),
        graph,
        device=device,
        policy=shape.policy,
        features=shape.features,
    )
    given = b"" if shape.features == "program" else program.pack_features(features).data
    options = RunOptions(input_data=given)
    output = backend("emulate").run(program.image, program.device, options).output
    made = Small(program, output, 0, given, latency_cycles)
    (plain,) = made.run([Run()])
    assert plain.done and plain.output == output
    return replace(made, cycles=plain.cycles)


def sweep(small: Small, disturbed: Sequence[Run], **memory: Any) -> list[SimResult]:
    """Start the program for each of ``disturbed``, and undisturbed after each: that is exact.

    A soft reset comes in between, unless the disturbance was one. Returns the disturbed runs.
    """
    found: list[SimResult] = []
    for first in range(0, len(disturbed), BATCH):
        runs: list[Run] = []
        for run in disturbed[first : first + BATCH]:
            watchdog = None if run.watchdog_cycles is None else 0
            whole = Run(soft_reset=run.abort_cycle is None, watchdog_cycles=watchdog)
            runs += [replace(run, counters=False), replace(whole, counters=False)]
        results = small.run(runs, **memory)
        for run, after in zip(runs[::2], results[1::2], strict=True):
            assert after.done and after.error == "NONE", f"{after.error} after {run}"
            assert after.output == small.output, f"another output after {run}"
        found += results[::2]
    return found


@dataclass(frozen=True)
class Piece:
    """A range of memory the hardware reads or writes, and the command it does so for."""

    name: str
    region: Base
    first: int
    size_bytes: int
    command: int


def pieces(program: hgcn.Program) -> list[Piece]:
    """Everything a program makes the hardware read, then (``destination``) what it writes."""
    header = read_header(program.image)
    commands = read_commands(program.image, header)
    first = header.commands_line * LINE_BYTES
    found = [Piece("header", Base.PROGRAM, 0, RECORD_BYTES, 0)]
    for index, command in enumerate(commands):
        record = first + RECORD_BYTES * index
        found.append(Piece("record", Base.PROGRAM, record, RECORD_BYTES, index))
        read = streams(command)
        if isinstance(command, Drain) and command.write_memory:
            read["destination"] = command.destination
        for name, stream in read.items():
            start, size = stream.offset * LINE_BYTES, stream.lines * LINE_BYTES
            found.append(Piece(name, stream.base, start, size, index))
    return found


Case = tuple[str, str, int | None]
"""Shape, device, and the memory's latency if it is not the device's."""


def over(*default: Case) -> pytest.MarkDecorator:
    """Parametrize a test over ``default``, and with ``-m slow`` over every shape and device."""
    every: list[Case] = [(shape, device, None) for device in ("tiny", "kv260") for shape in SHAPES]
    params = [
        pytest.param(
            case,
            marks=() if case in default else pytest.mark.slow,
            id="-".join(str(part) for part in case if part is not None),
        )
        for case in dict.fromkeys([*default, *every])
    ]
    return pytest.mark.parametrize("case", params)

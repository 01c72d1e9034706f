# SPDX-License-Identifier: Apache-2.0
"""PLIO packets of whole inferences on the RTL: the kernels give the RTL array's very packets."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hgcn_sim.benches.array.plio_model import Header
from hgcn_sim.builds.locate import cache_root
from hgcn_sim.kernels.graph import Lines, build
from hgcn_sim.kernels.replay import differences, read_capture
from hgcn_sim.runs.inference import run_job
from hgcn_sim.top.job import Flip, Run

import hgcn
from hgcn.arch.device import LINE_BYTES
from hgcn.arch.presets import PRESETS, device
from hgcn.errors import DatasetError
from hgcn.isa.commands import streams
from hgcn.isa.image import read_commands, read_header

from .packets import copy_hardware, host_graph

pytestmark = pytest.mark.rtl

QUICK = [("digits", "tiny", "balanced"), ("digits", "tiny", "aie-only")]
QUICK += [("digits", "kv260", "balanced")]
SLOW = [("digits", preset, "aie-only") for preset in PRESETS]
SLOW += [
    (name, preset, "balanced")
    for preset in PRESETS
    for name in ("digits", "cora", "citeseer", "pubmed")
]
CASES = [
    *QUICK,
    *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW if case not in QUICK),
]


AFTER_DAMAGE = Run(soft_reset=True, watchdog_cycles=20_000)


@cache
def capture(name: str, preset: str, policy: str) -> tuple[list[str], Lines]:
    """Run an inference on the RTL; return the beats to the array and those from it."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = None if "HGCN_DATA" in os.environ or not beside.is_dir() else beside
    try:
        graph = hgcn.datasets.load(name, data_dir=folder)
    except DatasetError as missing:
        pytest.skip(f"needs a local copy of {name}: {missing}")
    target = device(preset)
    program = hgcn.compile(hgcn.GCN.load(name), graph, device=target, policy=policy)
    return capture_runs(program, [Run()])


def capture_runs(program: hgcn.Program, runs: Sequence[Run]) -> tuple[list[str], Lines]:
    """Run a program several times, whole the last time; return the beats of all runs."""
    file = cache_root() / "aie" / f"capture-{os.getpid()}.txt"
    file.parent.mkdir(exist_ok=True)
    try:
        result = run_job(program.image, program.device, runs, plio=file)[-1]
        assert result.done
        assert result.error_code == 0
        return read_capture(file.read_text(), program.device)
    finally:
        file.unlink(missing_ok=True)


def tile_kinds(sent: list[str]) -> Counter[bool]:
    """Count the A packets by kind (int8 or not)."""
    kinds: Counter[bool] = Counter()
    at_header: dict[str, bool] = {}
    for line in sent:
        name, last, beat = line.split()
        if name.startswith("plio_a") and at_header.get(name, True):
            kinds[Header.parse(int(beat, 16)).int8] += 1
        at_header[name] = last == "1"
    return kinds


@pytest.mark.parametrize(("name", "preset", "policy"), CASES)
def test_kernels_give_the_packets_of_the_rtl(name: str, preset: str, policy: str) -> None:
    sent, want = capture(name, preset, policy)
    assert differences(host_graph(device(preset)).run(sent), want) == []
    packets = sum(beat.startswith("1") for beats in want.values() for beat in beats)
    kinds = tile_kinds(sent)
    assert packets == sum(kinds.values()) * device(preset).array_cols
    print(f"{name} on {preset}, {policy}: {packets} C packets, {len(sent)} beats in")
    if policy == "aie-only":
        assert kinds[False] and kinds[True], "both tile kernels are meant to be tried"


ABORT_CYCLES = (2000, 5000, 9001, 14_003, 21_007, 26_500, 30_011)


def test_kernels_never_notice_a_soft_reset() -> None:
    """Stopped anywhere, the packets of all runs together are whole and answered."""
    graph = hgcn.datasets.load("digits")
    program = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny", policy="aie-only")
    aborts = [Run(abort_cycle=cycle) for cycle in ABORT_CYCLES]

    sent, want = capture_runs(program, [*aborts, Run()])

    whole, _ = capture("digits", "tiny", "aie-only")
    assert len(sent) > 2 * len(whole), "the aborted runs have hardly sent anything"
    assert differences(host_graph(device("tiny")).run(sent), want) == []


def test_kernels_never_notice_damaged_control_records() -> None:
    """A flipped byte of the control stream, in any field of a record, makes no broken packet."""
    graph = hgcn.datasets.load("digits")
    program = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny", policy="aie-only")
    commands = read_commands(program.image, read_header(program.image))
    control = next(s["control"] for s in map(streams, commands) if "control" in s)
    at = control.offset * LINE_BYTES
    flips = [Flip(offset=at + place, mask=mask) for place in range(24) for mask in (0x01, 0x82)]
    runs = [
        run for flip in flips for run in (Run(flips=(flip,), watchdog_cycles=5000), AFTER_DAMAGE)
    ]

    sent, want = capture_runs(program, runs)

    assert differences(host_graph(device("tiny")).run(sent), want) == []


def test_the_order_and_the_stalls_of_the_ports_do_not_matter() -> None:
    sent, want = capture("digits", "tiny", "balanced")
    graph = host_graph(device("tiny"))
    assert differences(graph.run(sent, depth=1, seed=1), want) == []
    # In the RTL's own order over all ports; its array takes this many beats of B ahead of A.
    assert differences(graph.run(sent, depth=64, in_order=True), want) == []


def test_a_kernel_with_another_block_order_is_found(tmp_path: Path) -> None:
    sent, want = capture("digits", "kv260", "balanced")
    change = (
        "sums + (m * S::kColBlocks + n) * Product::size_C",
        "sums + (n * S::kRowBlocks + m) * Product::size_C",
    )
    root = copy_hardware(tmp_path, {"kernels/tile_loop.h": change})
    mutant = build(device("kv260"), root=root)
    wrong = differences(mutant.run(sent), want)
    assert [line.split()[0] for line in wrong] == sorted(want)

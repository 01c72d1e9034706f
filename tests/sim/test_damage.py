# SPDX-License-Identifier: Apache-2.0
"""Damage that appears after the software's checks: the hardware reports it and recovers."""

from __future__ import annotations

import random

import pytest
from hgcn_sim.inference import run_job
from hgcn_sim.top.job import Flip, Run

import hgcn
from hgcn.arch.device import LINE_BYTES
from hgcn.program.commands import streams
from hgcn.program.image import read_commands, read_header
from hgcn.program.layout import RECORD_BYTES, Base

pytestmark = pytest.mark.rtl

RANDOM_FLIPS = 8
WATCHDOG_CYCLES = 20_000
"""Above any wait of an undamaged run."""


def payload_flips(program: hgcn.Program) -> dict[str, Flip]:
    """A byte of the first stream of each kind: its second word, which is never padding."""
    header = read_header(program.image)
    flips: dict[str, Flip] = {}
    for command in read_commands(program.image, header):
        for name, stream in streams(command).items():
            if stream.base == Base.PROGRAM:
                flips.setdefault(name, Flip(offset=stream.offset * LINE_BYTES + 5))
    return flips


def random_flips(program: hgcn.Program, seed: int) -> dict[str, Flip]:
    """Bytes anywhere in what the hardware reads."""
    rng = random.Random(seed)
    end = read_header(program.image).metadata_line * LINE_BYTES
    return {
        f"byte {offset}": Flip(offset=offset)
        for offset in (rng.randrange(RECORD_BYTES, end) for _ in range(RANDOM_FLIPS))
    }


def test_every_damaged_byte_is_reported_and_a_soft_reset_recovers() -> None:
    graph = hgcn.datasets.load("digits")
    program = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    expected = program.run(backend="emulate").execution.output
    flips = payload_flips(program)
    assert set(flips) == {"rows", "pl", "control", "left", "records"}
    flips |= random_flips(program, seed=7)
    runs = []
    for flip in flips.values():
        runs.append(Run(flips=(flip,), watchdog_cycles=WATCHDOG_CYCLES))
        runs.append(Run(soft_reset=True, watchdog_cycles=WATCHDOG_CYCLES))
    results = run_job(program.image, program.device, runs, timeout_cycles=2_000_000)
    for name, bad, after in zip(flips, results[::2], results[1::2], strict=True):
        assert not bad.done and bad.error != "NONE", f"{name} went unnoticed"
        assert after.done and after.output == expected, f"after {name}"

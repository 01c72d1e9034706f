# SPDX-License-Identifier: Apache-2.0
"""The schedule is that of the cycle model, engine by engine without overlap."""

from __future__ import annotations

from itertools import groupby

import hgcn
from hgcn.cycles.timeline import timeline
from hgcn.isa.image import read_header
from hgcn.report.schedule import schedule
from tests.samples import random_graph


def test_every_command_has_its_place_in_the_estimate() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 9, 3]), random_graph(nodes=200, features=12))
    steps = schedule(program.image, program.device)
    # All but the END.
    commands = read_header(program.image).num_commands - 1
    assert [step.command for step in steps] == list(range(commands))
    issued = timeline(program.image, program.device).issued
    assert [step.begin for step in steps] == issued[:-1].tolist()
    assert {step.engine for step in steps} == {"load", "spmm", "drain"}
    for _, mine in groupby(sorted(steps, key=lambda step: step.engine), lambda step: step.engine):
        own = sorted(mine, key=lambda step: step.begin)
        assert all(step.begin < step.until for step in own)
        assert [step.until for step in own[:-1]] == [step.begin for step in own[1:]]
        assert own[-1].until == program.estimate().cycles

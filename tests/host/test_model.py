# SPDX-License-Identifier: Apache-2.0
"""The Verilated accelerator through ctypes, without PYNQ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hgcn_sim.board.build import build_board
from hgcn_sim.board.model import BoardModel
from hgcn_sim.board.settings import BoardSettings

import hgcn
from hgcn.errors import BackendError
from hgcn.isa.identity import HARDWARE_ID
from hgcn.isa.registers import REGISTERS

pytestmark = pytest.mark.rtl
ID, CTRL, STATUS = (REGISTERS[name].offset for name in ("ID", "CTRL", "STATUS"))


@pytest.fixture
def model() -> Iterator[BoardModel]:
    settings = BoardSettings(device=hgcn.device("tiny"), memory_bytes=1 << 20)
    with BoardModel(settings, build_board(settings.device)) as made:
        yield made


def test_time_moves_only_on_accesses_and_steps(model: BoardModel) -> None:
    start = model.cycles
    assert model.step(100) == 100 and model.cycles == start + 100
    before = model.cycles
    assert model.read(ID) == HARDWARE_ID
    assert 0 < model.cycles - before < 20
    assert model.cycles == model.cycles


def test_alignment_returns_to_the_same_relation_of_the_clocks(model: BoardModel) -> None:
    places = set()
    for extra in range(9):
        model.step(extra)
        model.align()
        places.add(model.cycles % 4)  # 100 and 125 MHz meet every fourth cycle
    assert len(places) == 1


def test_a_program_that_is_not_there_raises_the_interrupt(model: BoardModel) -> None:
    model.write(CTRL, 0b101)
    assert model.step(100_000, until_irq=True) < 100_000 and model.irq
    status = REGISTERS["STATUS"].fields
    assert status["error"].get(model.read(STATUS)) == 1
    model.reset()
    assert not model.irq and status["error"].get(model.read(STATUS)) == 0


def test_two_models_live_side_by_side(model: BoardModel) -> None:
    settings = BoardSettings(device=hgcn.device("tiny"), memory_bytes=1 << 20)
    with BoardModel(settings, build_board(settings.device)) as other:
        other.memory[:] = 7
        assert not model.memory.any()
        cycles = model.cycles
        other.step(50)
        assert model.cycles == cycles


def test_a_closed_model_says_so(model: BoardModel) -> None:
    model.close()
    with pytest.raises(BackendError, match="closed"):
        model.read(ID)

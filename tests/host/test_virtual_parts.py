# SPDX-License-Identifier: Apache-2.0
"""The parts of the virtual board that need neither PYNQ nor the simulator."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hgcn_hw.build.boards import BOARDS
from hgcn_hw.build.registers import ip_name
from hgcn_sim.board.hwh import ZYNQMP, handoff, platform, register_name
from hgcn_sim.board.interrupt import CIE, IAR, IER, IPR, ISR, IVR, MER, SIE, InterruptController
from hgcn_sim.board.memory import PAGE_BYTES, BufferMemory
from hgcn_sim.board.settings import BoardSettings

import hgcn
from hgcn.arch.presets import PRESETS
from hgcn.errors import BackendError, SpecError
from hgcn.isa.identity import CORES, INSTANCE
from hgcn.isa.registers import REGISTERS

BASE = 0x1_0000_0000


class Line:
    level = False

    def __call__(self) -> bool:
        return self.level


@pytest.fixture
def memory() -> BufferMemory:
    return BufferMemory(np.zeros(64 * PAGE_BYTES, np.uint8), BASE)


def test_an_interrupt_passes_only_if_enabled_twice() -> None:
    line = Line()
    controller = InterruptController(line)
    line.level = True
    assert not controller.output and controller.read(ISR) == 1 and controller.read(IPR) == 0
    controller.write(SIE, 1)
    assert not controller.output and controller.read(IPR) == 1 and controller.read(IVR) == 0
    controller.write(MER, 3)
    assert controller.output and controller.read(MER) == 3
    controller.write(CIE, 1)
    assert not controller.output and controller.read(IER) == 0


def test_an_acknowledged_level_is_pending_again_until_it_falls() -> None:
    line = Line()
    controller = InterruptController(line)
    line.level = True
    controller.write(IER, 1)
    controller.write(IAR, 1)
    assert controller.read(ISR) == 1
    line.level = False
    assert controller.read(ISR) == 1
    controller.write(IAR, 1)
    assert controller.read(ISR) == 0


def test_bytes_move_only_at_flush_and_invalidate(memory: BufferMemory) -> None:
    made = memory.allocate(100)
    made.host[:] = 1
    assert not (memory.view(made) == 1).any()
    memory.flush(made, 0, 50)
    assert (memory.view(made)[:50] == 1).all() and (memory.view(made)[50:] != 1).all()
    memory.view(made)[:] = 2
    assert not (made.host == 2).any()
    memory.invalidate(made, 10, 5)
    assert np.flatnonzero(made.host == 2).tolist() == [10, 11, 12, 13, 14]


def test_buffers_start_on_pages_apart_and_their_room_is_used_again(memory: BufferMemory) -> None:
    made = [memory.allocate(3 * PAGE_BYTES) for _ in range(4)]
    spans = [(item.start, item.start + item.size_bytes) for item in made]
    assert all(start % PAGE_BYTES == 0 for start, _ in spans)
    assert all(b[0] - a[1] >= PAGE_BYTES for a, b in pairwise(spans))
    memory.free(made[1])
    memory.free(made[1])
    assert memory.buffers == 3
    assert memory.allocate(3 * PAGE_BYTES).start == spans[1][0]
    assert memory.allocate(2 * PAGE_BYTES).start > spans[3][1]
    with pytest.raises(BackendError, match="no room for"):
        memory.allocate(60 * PAGE_BYTES)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_the_handoff_lists_every_register_where_the_builds_put_it(preset: hgcn.Device) -> None:
    root = ElementTree.fromstring(handoff(preset).split("\n", 1)[1])
    (module,) = [item for item in root.iter("MODULE") if item.get("VLNV") == CORES["hgcn_top"]]
    offsets = {}
    for register in module.iter("REGISTER"):
        (offset,) = [p.get("VALUE") for p in register if p.get("NAME") == "ADDRESS_OFFSET"]
        offsets[register.get("NAME")] = int(str(offset), 16)
    assert offsets == {ip_name(name): item.offset for name, item in REGISTERS.items()}


@pytest.mark.parametrize("build", [item for item in BOARDS.values() if item.core == "hgcn_top"])
def test_addresses_are_those_of_the_board_builds(build: object) -> None:
    device = build.device  # type: ignore[attr-defined]
    root = ElementTree.fromstring(handoff(device).split("\n", 1)[1])
    bases = {item.get("INSTANCE"): item.get("BASEVALUE") for item in root.iter("MEMRANGE")}
    assert int(str(bases.pop(INSTANCE)), 16) == build.control_base  # type: ignore[attr-defined]
    (other,) = bases.values()
    assert int(str(other), 16) == build.interrupt_base  # type: ignore[attr-defined]


def test_kria_is_a_zynq() -> None:
    assert platform(hgcn.device("kv260")) is ZYNQMP
    assert platform(hgcn.device("kv260")).suffix == ".bit"


def test_register_names_are_the_packagers() -> None:
    assert {register_name(name) for name in REGISTERS} == {ip_name(name) for name in REGISTERS}


def test_settings_are_read_from_one_variable() -> None:
    settings = BoardSettings.parse("kv260, latency_cycles=80,waves=a.fst, stall_probability=0.25")
    assert settings.device.name == "kv260"
    assert (settings.latency_cycles, settings.stall_probability) == (80, 0.25)
    assert settings.waves == Path("a.fst")
    assert settings.text() == "kv260, latency_cycles=80, stall_probability=0.25, waves=a.fst"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nano", "unknown device 'nano'"),
        ("tiny,latency", "DEVICE,KEY=VALUE"),
        ("tiny,speed=9", "no option 'speed'"),
        ("tiny,seed=x", "seed must be a whole number .*, got 'x'"),
        ("tiny,stall_probability=1", "stall_probability must be"),
    ],
)
def test_wrong_settings_are_named(text: str, message: str) -> None:
    with pytest.raises((BackendError, SpecError), match=message):
        BoardSettings.parse(text)

# SPDX-License-Identifier: Apache-2.0
"""The structs have the signals of AXI; what is packed is read back."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from hgcn.arch.presets import PRESETS, device
from hgcn.emit.axi import AXI_LITE, AXI_READ, AXI_WRITE, BUSES, AxiBus, axi_package, pack, unpack

COMMITTED = Path(__file__).parents[2] / "hw" / "rtl" / "memory" / "hgcn_axi_pkg.sv"


def test_the_committed_package_is_what_emit_writes() -> None:
    assert COMMITTED.read_text() == axi_package()


@pytest.mark.parametrize("bus", BUSES, ids=lambda bus: bus.name)
@pytest.mark.parametrize("request_side", [True, False])
def test_a_struct_has_each_signal_once_in_the_order_it_is_packed(
    bus: AxiBus, request_side: bool
) -> None:
    name = f"{bus.name}_{'request' if request_side else 'response'}_t"
    body = re.search(rf"struct packed {{([^}}]*)}} {name};", axi_package())
    assert body is not None
    members = re.findall(r"(\w+);", body[1])
    assert list(unpack(bus, request_side, 0, device("tiny")))[::-1] == members
    packed = [pack(bus, request_side, {member: 1}, device("tiny")) for member in members]
    assert packed == sorted(packed, reverse=True)
    assert all(value.bit_count() == 1 for value in packed)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("bus", BUSES, ids=lambda bus: bus.name)
def test_what_is_packed_is_read_back(bus: AxiBus, preset: str) -> None:
    rng, dev = random.Random(1), device(preset)
    for side in (True, False):
        values = {s.name: rng.getrandbits(s.bits(dev)) for s in bus.members(side)}
        assert unpack(bus, side, pack(bus, side, values, dev), dev) == values


def test_ready_goes_against_valid() -> None:
    for bus in BUSES:
        ways = {signal.name: signal.from_master for signal in bus.signals}
        channels = [name.removesuffix("valid") for name in ways if name.endswith("valid")]
        assert channels
        for channel in channels:
            assert ways[f"{channel}valid"] is not ways[f"{channel}ready"]


def test_data_are_as_wide_as_the_device_says() -> None:
    wide = {s.name: s.bits(device("vck190")) for s in (*AXI_READ.signals, *AXI_WRITE.signals)}
    assert wide["rdata"] == wide["wdata"] == 8 * device("vck190").axi_bytes
    assert wide["wstrb"] == device("vck190").axi_bytes
    assert {s.bits(device("vck190")) for s in AXI_LITE.signals if s.name.endswith("data")} == {32}


def test_the_package_says_how_many_memory_ports_there_are() -> None:
    assert "MemoryPorts = 3;" in axi_package(3)

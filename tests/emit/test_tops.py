# SPDX-License-Identifier: Apache-2.0
"""The flat tops have each AXI signal once, joined to its struct, for any number of memory ports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hgcn_hw.build.header import Package, module_ports

from hgcn.arch.presets import device
from hgcn.emit.axi import AXI_LITE, AXI_READ, AXI_WRITE, MEMORY_PORTS
from hgcn.emit.tops import TOPS, memory_ports

CONTROL = Path(__file__).parents[2] / "hw" / "rtl" / "control"
SIZES = Package(values={"AxiBits": 512, "AxiBytes": 64, "R": 4, "C": 8}, types={"plio_t": 128})


def axi_signals(name: str, ports: int) -> dict[str, tuple[bool, int]]:
    """Return the AXI ports of a top, read as a packaging tool reads them."""
    found = module_ports(TOPS[name](ports), name, SIZES)
    return {port: what for port, what in found.items() if port.startswith(("m_axi", "s_axil"))}


@pytest.mark.parametrize("name", TOPS)
def test_the_committed_top_is_what_emit_writes(name: str) -> None:
    assert (CONTROL / f"{name}.sv").read_text() == TOPS[name](MEMORY_PORTS)


@pytest.mark.parametrize("name", TOPS)
@pytest.mark.parametrize("ports", [1, 2, 4])
def test_every_memory_port_has_every_signal(name: str, ports: int) -> None:
    dev = device("vck190")
    assert dev.axi_bytes == SIZES.values["AxiBytes"]
    want = {f"s_axil_{s.name}": (not s.from_master, s.bits(dev)) for s in AXI_LITE.signals}
    for prefix in memory_ports(ports):
        for signal in (*AXI_READ.signals, *AXI_WRITE.signals):
            want[f"{prefix}_{signal.name}"] = (signal.from_master, signal.bits(dev))
    assert axi_signals(name, ports) == want


@pytest.mark.parametrize("name", TOPS)
@pytest.mark.parametrize("ports", [1, 4])
def test_every_port_meets_its_own_member(name: str, ports: int) -> None:
    text = TOPS[name](ports)
    out = re.findall(r"assign (\w+) = (\w+)(\[\d\])?\.(\w+);", text)
    patterns = re.findall(r"assign (\w+)(\[\d\])? = '{([^}]*)};", text)
    driven = [
        (port, struct, index, member)
        for struct, index, body in patterns
        for member, port in re.findall(r"(\w+): (\w+)", body)
    ]
    joined = [*out, *((port, struct, index, member) for port, struct, index, member in driven)]
    assert sorted(port for port, *_ in joined) == sorted(axi_signals(name, ports))
    for port, struct, index, member in joined:
        lite = struct.startswith("axi_lite")
        prefix = "s_axil" if lite else memory_ports(ports)[int(index.strip("[]"))]
        assert port == f"{prefix}_{member}", struct

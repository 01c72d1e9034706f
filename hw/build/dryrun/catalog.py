# SPDX-License-Identifier: Apache-2.0
"""The IP cores the scripts may use: properties, pins and interfaces, as far as they are used.

Names are those of AMD's product guides and reference designs; a name that is not here is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a configured cell has on its outside.

    Parameters
    ----------
    inputs, outputs : tuple of str
        Pins.
    interfaces : mapping
        Interface to (is master, clock pin of its domain or "").
    segments : mapping
        Address segment a slave interface offers to its size in bytes.
    spaces : mapping
        Address space to the master interface it belongs to.
    required : tuple of str
        Input pins that must be driven.
    """

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    interfaces: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    segments: Mapping[str, int] = field(default_factory=dict)
    spaces: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IpCore:
    """An IP core: its properties with defaults, and its shape for given properties."""

    properties: Mapping[str, str]
    shape: Callable[[Settings], Shape]


def _smartconnect(settings: Settings) -> Shape:
    clocks = tuple(f"aclk{n or ''}" for n in range(int(settings["NUM_CLKS"])))
    slaves = {f"S{n:02}_AXI": (False, "") for n in range(int(settings["NUM_SI"]))}
    masters = {f"M{n:02}_AXI": (True, "") for n in range(int(settings["NUM_MI"]))}
    pins = (*clocks, "aresetn")
    return Shape(inputs=pins, interfaces={**slaves, **masters}, required=pins)


def _intc(_: Settings) -> Shape:
    pins = ("s_axi_aclk", "s_axi_aresetn", "intr")
    return Shape(
        inputs=pins,
        outputs=("irq",),
        interfaces={"s_axi": (False, "s_axi_aclk")},
        segments={"S_AXI/Reg": 0x10000},
        required=pins,
    )


def _reset(_: Settings) -> Shape:
    return Shape(
        inputs=("slowest_sync_clk", "ext_reset_in", "dcm_locked"),
        outputs=("peripheral_aresetn", "interconnect_aresetn"),
        required=("slowest_sync_clk", "ext_reset_in"),
    )


def _clock_wizard(settings: Settings) -> Shape:
    pins = ("clk_in1", settings["RESET_PORT"])
    return Shape(inputs=pins, outputs=("clk_out1", "locked"), required=pins)


def _zynqmp(settings: Settings) -> Shape:
    faces: dict[str, tuple[bool, str]] = {}
    pins: list[str] = []
    if settings["PSU__USE__M_AXI_GP0"] == "1":
        faces["M_AXI_HPM0_FPD"] = (True, "maxihpm0_fpd_aclk")
        pins.append("maxihpm0_fpd_aclk")
    if settings["PSU__USE__S_AXI_GP2"] == "1":
        faces["S_AXI_HP0_FPD"] = (False, "saxihp0_fpd_aclk")
        pins.append("saxihp0_fpd_aclk")
    if settings["PSU__USE__IRQ0"] == "1":
        pins.append("pl_ps_irq0")
    return Shape(
        inputs=tuple(pins),
        outputs=("pl_clk0", "pl_resetn0"),
        interfaces=faces,
        segments={"SAXIGP2/HP0_DDR_LOW": 1 << 31},
        spaces={"Data": "M_AXI_HPM0_FPD"},
        required=tuple(pins),
    )


def fixed(shape: Shape) -> IpCore:
    """Return a core whose shape does not depend on properties."""
    return IpCore(properties={}, shape=lambda _: shape)


_ZYNQMP = {
    "PSU__USE__M_AXI_GP0": "1",
    "PSU__USE__M_AXI_GP1": "1",
    "PSU__USE__M_AXI_GP2": "0",
    "PSU__USE__S_AXI_GP2": "0",
    "PSU__MAXIGP0__DATA_WIDTH": "128",
    "PSU__SAXIGP2__DATA_WIDTH": "128",
    "PSU__USE__IRQ0": "0",
    "PSU__FPGA_PL0_ENABLE": "1",
    "PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ": "100",
}
_WIZARD = {
    "PRIM_SOURCE": "Single_ended_clock_capable_pin",
    "CLKOUT1_REQUESTED_OUT_FREQ": "100",
    "RESET_TYPE": "ACTIVE_HIGH",
    "RESET_PORT": "reset",
}

CATALOG: dict[str, IpCore] = {
    "xilinx.com:ip:smartconnect": IpCore(
        properties={"NUM_SI": "2", "NUM_MI": "1", "NUM_CLKS": "1"}, shape=_smartconnect
    ),
    "xilinx.com:ip:axi_intc": IpCore(
        properties={"C_IRQ_CONNECTION": "0", "C_KIND_OF_INTR": "0xFFFFFFFF"}, shape=_intc
    ),
    "xilinx.com:ip:proc_sys_reset": IpCore(properties={}, shape=_reset),
    "xilinx.com:ip:clk_wiz": IpCore(properties=_WIZARD, shape=_clock_wizard),
    "xilinx.com:ip:zynq_ultra_ps_e": IpCore(properties=_ZYNQMP, shape=_zynqmp),
}

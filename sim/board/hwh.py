# SPDX-License-Identifier: Apache-2.0
"""The virtual board's overlay: a hardware hand-off file that PYNQ's own parser reads.

It is generated from the register map and this board's address map, and holds what the parser needs
of a Vivado one: processor, accelerator, interrupt controller, their addresses, registers and wires.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from hgcn.arch.device import Device
from hgcn.errors import BackendError
from hgcn.files import write_whole
from hgcn.isa.identity import CORES, INSTANCE, INTERRUPT
from hgcn.isa.registers import REGISTERS

from ..builds.locate import cache_root

STEM = "hgcn"
CONTROLLER = "axi_intc_0"
ACCELERATOR = CORES["hgcn_top"]
RANGE_BYTES = 0x1_0000
"""Address space of the accelerator and of the interrupt controller, each."""

_AXI = "xilinx.com:interface:aximm:1.0"
_ACCESS = {"r": "read-only", "w": "write-only", "rw": "read-write"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A family's processor: what PYNQ recognises it by, and where programmable logic answers."""

    module: str
    instance: str
    vlnv: str
    master: str
    window: int
    interrupt_port: str
    suffix: str
    parameters: dict[str, str]


VERSAL = Platform(
    module="versal_cips",
    instance="versal_cips_0",
    vlnv="xilinx.com:ip:versal_cips:3.4",
    master="M_AXI_FPD",
    window=0xA400_0000,
    interrupt_port="pl_ps_irq0",
    suffix=".pdi",
    parameters={
        name: value
        for i in range(4)
        for name, value in (
            (f"PS_USE_PMCPL_CLK{i}", "0"),
            (f"PMC_CRP_PL{i}_REF_CTRL_DIVISOR0", "4"),
            (f"PMC_CRP_PL{i}_REF_CTRL_SRCSEL", "PPLL"),
            (f"PMC_CRP_PL{i}_REF_CTRL_ACT_FREQMHZ", "300"),
        )
    },
)
ZYNQMP = Platform(
    module="zynq_ultra_ps_e",
    instance="zynq_ultra_ps_e_0",
    vlnv="xilinx.com:ip:zynq_ultra_ps_e:3.5",
    master="M_AXI_HPM0_FPD",
    window=0xA000_0000,
    interrupt_port="pl_ps_irq0",
    suffix=".bit",
    parameters={
        name: value
        for i in range(4)
        for name, value in (
            (f"PSU__FPGA_PL{i}_ENABLE", "0"),
            (f"PSU__CRL_APB__PL{i}_REF_CTRL__DIVISOR0", "4"),
            (f"PSU__CRL_APB__PL{i}_REF_CTRL__DIVISOR1", "1"),
            (f"PSU__CRL_APB__PL{i}_REF_CTRL__SRCSEL", "IOPLL"),
            (f"PSU__CRL_APB__PL{i}_REF_CTRL__ACT_FREQMHZ", "250"),
        )
    },
)


def platform(device: Device) -> Platform:
    """Return the processor beside ``device``: Zynq UltraScale+ for Kria parts, else Versal."""
    return ZYNQMP if device.part.startswith("xck") else VERSAL


def register_name(name: str) -> str:
    """Return a register's name as the IP packager writes it.

    Examples
    --------
    >>> register_name("ENGINE[3].BUSY.LO")
    'ENGINE_3_BUSY_LO'
    """
    return re.sub(r"[\[\].]+", "_", name).strip("_")


def handoff(device: Device) -> str:
    """Return the text of the .hwh."""
    board = platform(device)
    root = ElementTree.Element("EDKSYSTEM")
    ElementTree.SubElement(
        root, "SYSTEMINFO", NAME="hgcn_virtual", DEVICE=device.name, PART=device.part
    )
    ElementTree.SubElement(root, "EXTERNALPORTS")
    modules = ElementTree.SubElement(root, "MODULES")
    _processor(modules, board)
    _accelerator(modules)
    _controller(modules, board)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode")


def write_overlay(device: Device) -> Path:
    """Write the overlay's files into the cache and return the configuration file's path."""
    folder = cache_root() / "overlays" / f"{device.name}-{device.hash:016x}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BackendError(f"{folder} cannot be made: {fault.strerror}") from None
    path = folder / f"{STEM}{platform(device).suffix}"
    for target, text in (
        (path.with_suffix(".hwh"), handoff(device)),
        (path, f"virtual overlay {device.hash:016x}\n"),
    ):
        if not target.exists() or target.read_text() != text:
            write_whole(target, text.encode(), BackendError)
    return path


def _module(
    modules: ElementTree.Element, instance: str, vlnv: str, kind: str
) -> ElementTree.Element:
    return ElementTree.SubElement(
        modules, "MODULE", FULLNAME=f"/{instance}", INSTANCE=instance, VLNV=vlnv, MODTYPE=kind
    )


def _wire(parent: ElementTree.Element, name: str, direction: str, instance: str, port: str) -> None:
    holder = parent.find("PORTS")
    holder = ElementTree.SubElement(parent, "PORTS") if holder is None else holder
    wire = ElementTree.SubElement(
        holder, "PORT", DIR=direction, NAME=name, SIGIS="interrupt", SIGNAME=f"{instance}_{port}"
    )
    wires = ElementTree.SubElement(wire, "CONNECTIONS")
    ElementTree.SubElement(wires, "CONNECTION", INSTANCE=instance, PORT=port)


def _bus(parent: ElementTree.Element, name: str, kind: str) -> None:
    holder = ElementTree.SubElement(parent, "BUSINTERFACES")
    ElementTree.SubElement(holder, "BUSINTERFACE", NAME=name, TYPE=kind, VLNV=_AXI)


def _processor(modules: ElementTree.Element, board: Platform) -> None:
    module = _module(modules, board.instance, board.vlnv, board.module)
    parameters = ElementTree.SubElement(module, "PARAMETERS")
    for name, value in board.parameters.items():
        ElementTree.SubElement(parameters, "PARAMETER", NAME=name, VALUE=value)
    _wire(module, board.interrupt_port, "I", CONTROLLER, "irq")
    _bus(module, board.master, "MASTER")
    memory_map = ElementTree.SubElement(module, "MEMORYMAP")
    slaves = ((INSTANCE, "s_axil"), (CONTROLLER, "s_axi"))
    for index, (instance, interface) in enumerate(slaves):
        base = board.window + index * RANGE_BYTES
        ElementTree.SubElement(
            memory_map,
            "MEMRANGE",
            ADDRESSBLOCK="reg0",
            BASEVALUE=f"{base:#x}",
            HIGHVALUE=f"{base + RANGE_BYTES - 1:#x}",
            INSTANCE=instance,
            MASTERBUSINTERFACE=board.master,
            SLAVEBUSINTERFACE=interface,
            MEMTYPE="REGISTER",
        )


def _accelerator(modules: ElementTree.Element) -> None:
    module = _module(modules, INSTANCE, ACCELERATOR, "hgcn_top")
    blocks = ElementTree.SubElement(module, "ADDRESSBLOCKS")
    block = ElementTree.SubElement(
        blocks,
        "ADDRESSBLOCK",
        INTERFACE="s_axil",
        NAME="reg0",
        RANGE=str(RANGE_BYTES),
        USAGE="register",
    )
    registers = ElementTree.SubElement(block, "REGISTERS")
    for name, register in REGISTERS.items():
        access = sorted({item.access for item in register.fields.values()}, key=len)[-1]
        made = ElementTree.SubElement(registers, "REGISTER", NAME=register_name(name))
        _properties(
            made,
            DESCRIPTION=register.description,
            ADDRESS_OFFSET=f"{register.offset:#x}",
            SIZE="32",
            ACCESS=_ACCESS[access],
        )
        fields = ElementTree.SubElement(made, "FIELDS")
        for key, item in register.fields.items():
            field = ElementTree.SubElement(fields, "FIELD", NAME=key)
            _properties(
                field,
                DESCRIPTION=item.description,
                BIT_OFFSET=str(item.low),
                BIT_WIDTH=str(item.width),
                ACCESS=_ACCESS[item.access],
            )
    _wire(module, INTERRUPT, "O", CONTROLLER, "intr")
    _bus(module, "s_axil", "SLAVE")


def _controller(modules: ElementTree.Element, board: Platform) -> None:
    module = _module(modules, CONTROLLER, "xilinx.com:ip:axi_intc:4.1", "axi_intc")
    _wire(module, "intr", "I", INSTANCE, INTERRUPT)
    _wire(module, "irq", "O", board.instance, board.interrupt_port)
    _bus(module, "s_axi", "SLAVE")


def _properties(parent: ElementTree.Element, **values: str) -> None:
    for name, value in values.items():
        ElementTree.SubElement(parent, "PROPERTY", NAME=name, VALUE=value)

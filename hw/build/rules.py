# SPDX-License-Identifier: Apache-2.0
"""What must hold between RTL, wrapper, packaged core, block design, link configuration and graph.

Each rule returns the differences it finds; an empty list is a pass.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.emit.isa_package import isa_package
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import BackendError
from hgcn.isa.identity import INSTANCE, INTERRUPT
from hgcn.isa.registers import REGISTERS, SPAN_BYTES

from .boards import CONTROL_RANGE, Board
from .connectivity import connected_streams, graph_streams, kernel_config
from .contract import core, plio_names
from .dryrun.design import Cell, Design
from .dryrun.golden import CLOCK_MHZ
from .dryrun.session import Build
from .header import module_ports, package
from .registers import packaged_registers
from .wrapper import wrapper_text


def _differences(kind: str, got: Mapping[str, object], want: Mapping[str, object]) -> list[str]:
    names = sorted(set(got) | set(want))
    absent = "nothing"
    return [
        f"{kind} {name}: got {got.get(name, absent)}, want {want.get(name, absent)}"
        for name in names
        if got.get(name) != want.get(name)
    ]


def rtl_ports(name: str, device: Device, hardware: Path) -> list[str]:
    """Compare the RTL's ports (names, directions, bits) with the contract."""
    text = (hardware / "rtl" / "control" / f"{name}.sv").read_text()
    got = module_ports(text, name, package(systemverilog_package(device) + isa_package()))
    return _differences(f"{name} ({device.name}) port", got, core(name, device).rtl_ports())


def wrapper_ports(name: str, device: Device) -> list[str]:
    """Compare the written wrapper's ports with the contract."""
    contract = core(name, device)
    got = module_ports(wrapper_text(name, device), contract.wrapper)
    want = {s.name: (s.output, s.width) for face in contract.interfaces for s in face.signals}
    return _differences(f"{contract.wrapper} ({device.name}) port", got, want)


def packaged_interfaces(build: Build, target: Board) -> list[str]:
    """Compare interfaces, modes and clocks of the packaged core with the contract."""
    contract = core(target.core, target.device)
    (package,) = build.packages
    got = {name: (vlnv, master) for name, (vlnv, master) in package.faces.items()}
    want = {face.name: (face.vlnv, face.mode == "master") for face in contract.interfaces}
    problems = _differences(f"{target.core} interface", got, want)
    clocks = {face.name: "ap_clk" for face in contract.buses}
    problems += _differences(f"{target.core} clock of", package.clocks, clocks)
    resets = {"ap_clk": "ap_rst_n"} | ({"array_clk": "array_rst_n"} if "array_clk" in want else {})
    problems += _differences(f"{target.core} reset of", package.resets, resets)
    if package.vlnv != contract.vlnv:
        problems.append(f"packaged as {package.vlnv}, the driver binds to {contract.vlnv}")
    return problems


def rdl_registers(source: Path) -> dict[str, tuple[int, dict[str, tuple[int, int]]]] | None:
    """Return offset and fields (low, width) by register from the RDL; None without its compiler."""
    if importlib.util.find_spec("systemrdl") is None:
        return None
    from systemrdl.compiler import RDLCompiler
    from systemrdl.node import RegNode

    compiler = RDLCompiler()
    compiler.compile_file(str(source))
    top = compiler.elaborate().top
    return {
        node.get_path().removeprefix(top.inst_name + "."): (
            node.absolute_address,
            {field.inst_name: (field.low, field.width) for field in node.fields()},
        )
        for node in top.descendants(unroll=True)
        if isinstance(node, RegNode)
    }


def register_map(build: Build, target: Board, hardware: Path) -> list[str]:
    """Compare the packaged register map with the register table and the RDL."""
    (package,) = build.packages
    got = {register.name: register for register in package.registers()}
    want = {register.name: register for register in packaged_registers(target.core)}
    problems = _differences(f"{target.core} register", got, want)
    source = rdl_registers(hardware / "regs" / "hgcn.rdl")
    if source is not None:
        table = {
            name: (item.offset, {key: (f.low, f.width) for key, f in item.fields.items()})
            for name, item in REGISTERS.items()
        }
        problems += _differences("RDL register", table, source)
    if package.block_bytes() != CONTROL_RANGE or SPAN_BYTES > CONTROL_RANGE:
        problems.append(
            f"the address block has {package.block_bytes():#x} bytes, want {CONTROL_RANGE:#x}"
        )
    return problems


def addresses(build: Build, target: Board) -> list[str]:
    """Check that registers and interrupt controller lie in the processor's window, as promised."""
    if build.project is None or build.project.design is None:
        return []
    base, size = target.window
    want = {f"hgcn_0/{core(target.core, target.device).control}/reg0": target.control_base}
    want["axi_intc_0/S_AXI/Reg"] = target.interrupt_base
    got = {}
    for item in build.project.design.assignments:
        if item.segment in want:
            got[item.segment] = item.offset
            if not (base <= item.offset and item.offset + item.size <= base + size):
                return [f"{item.segment} at {item.offset:#x} is outside the window {base:#x}"]
    problems = _differences("address of", got, want)
    memory = [item for item in build.project.design.assignments if item.space == "hgcn_0/m_axi"]
    if not any(item.offset == 0 for item in memory):
        problems.append("the core's master does not reach the memory at address 0")
    return problems


def _hertz(design: Design, driver: str, generation: str) -> float:
    name, pin = driver.split("/")
    cell: Cell = design.cell(name)
    if cell.vlnv.startswith("xilinx.com:ip:zynq_ultra_ps_e"):
        return 1e6 * float(cell.settings["PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ"])
    if cell.vlnv.startswith("xilinx.com:ip:clk_wiz"):
        return 1e6 * float(cell.settings["CLKOUT1_REQUESTED_OUT_FREQ"])
    return 1e6 * CLOCK_MHZ[generation][pin.removesuffix("_ref_clk")]


def clocks(build: Build, target: Board) -> list[str]:
    """Compare the core's clocks with the preset, and the clock of each reset with the core's."""
    if build.project is None or build.project.design is None:
        return []
    design = build.project.design
    wanted = {"ap_clk": target.device.pl_hz, "array_clk": target.array_hz}
    got = {pin: _hertz(design, design.drivers[f"hgcn_0/{pin}"], build.generation) for pin in wanted}
    problems = _differences(f"{target.name} clock", got, wanted)
    for clock, reset in (("ap_clk", "ap_rst_n"), ("array_clk", "array_rst_n")):
        source = design.drivers[f"hgcn_0/{reset}"].split("/")[0]
        synchronous = design.drivers.get(f"{source}/slowest_sync_clk")
        if synchronous != design.drivers[f"hgcn_0/{clock}"]:
            problems.append(f"{reset} is synchronous to {synchronous}, not to {clock}")
    return problems


def interrupt(build: Build) -> list[str]:
    """Check the way of the interrupt: PYNQ finds it only through an axi_intc."""
    if build.project is None or build.project.design is None:
        return []
    design = build.project.design
    problems = []
    if design.drivers.get("axi_intc_0/intr") != f"{INSTANCE}/{INTERRUPT}":
        problems.append(f"{INSTANCE}/{INTERRUPT} does not reach axi_intc_0/intr")
    if "axi_intc_0/irq" not in design.drivers.values():
        problems.append("axi_intc_0/irq reaches no processor pin")
    return problems


def plio(device: Device, configuration: str, graph: str) -> list[str]:
    """Compare the PLIO names of wrapper, link configuration and AI Engine graph."""
    want = {name: (name, sends) for name, sends in plio_names(device).items()}
    try:
        problems = _differences("link configuration, PLIO", connected_streams(configuration), want)
    except BackendError as error:
        return [f"link configuration: {error}"]
    problems += _differences("graph, PLIO", graph_streams(graph), plio_names(device))
    if f"freqHz={device.pl_hz:.0f}:" not in kernel_config(device):
        problems.append(f"the link configuration lacks the clock {device.pl_hz:.0f}")
    return problems


def first(problems: Iterable[str], most: int = 8) -> str:
    """Return the first problems as lines."""
    listed = list(problems)
    more = [f"... and {len(listed) - most} more"] if len(listed) > most else []
    return "\n".join(f"  {problem}" for problem in listed[:most] + more)

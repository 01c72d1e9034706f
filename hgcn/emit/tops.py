# SPDX-License-Identifier: Apache-2.0
"""Writes the tops `hgcn_core.sv` and `hgcn_top.sv`: `hgcn_accelerator` with a port a signal.

Tools that package, link or drive a top want flat ports by the names of docs/build.md.
"""

from __future__ import annotations

from collections.abc import Callable

from .axi import AXI_LITE, AXI_READ, AXI_WRITE, MEMORY_PORTS, AxiBus

_CORE_HEAD = """\
/// hgcn_accelerator with flat AXI ports; on a Versal board this is the PL kernel.
///
/// Handshake   AXI4-Lite slave (hw/regs/hgcn.rdl), AXI4 master (INCR, id 0),
///             AXI4-Stream PLIO ports (docs/plio.md).
/// Latency     See the modules.
/// Throughput  See the modules.
/// Paths       See hgcn_accelerator.
/// Requires    See hgcn_accelerator.
/// Model       hgcn.execution, bit for bit; sim/top.
module hgcn_core
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_axi_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,  // Synchronous
  output logic irq_o,   // Level: done or error, while enabled
"""

_CORE_STREAMS = """\

  output logic  [  R-1:0] plio_a_tvalid_o,
  input  logic  [  R-1:0] plio_a_tready_i,
  output plio_t [  R-1:0] plio_a_tdata_o,
  output logic  [  R-1:0] plio_a_tlast_o,
  output logic  [R*C-1:0] plio_b_tvalid_o,  // Port of PE (r, c): r*C + c
  input  logic  [R*C-1:0] plio_b_tready_i,
  output plio_t [R*C-1:0] plio_b_tdata_o,
  output logic  [R*C-1:0] plio_b_tlast_o,
  input  logic  [R*C-1:0] plio_c_tvalid_i,
  output logic  [R*C-1:0] plio_c_tready_o,
  input  plio_t [R*C-1:0] plio_c_tdata_i,
  input  logic  [R*C-1:0] plio_c_tlast_i
"""

_CORE_CONNECTIONS = """\
    .plio_a_tvalid_o,
    .plio_a_tready_i,
    .plio_a_tdata_o,
    .plio_a_tlast_o,
    .plio_b_tvalid_o,
    .plio_b_tready_i,
    .plio_b_tdata_o,
    .plio_b_tlast_o,
    .plio_c_tvalid_i,
    .plio_c_tready_o,
    .plio_c_tdata_i,
    .plio_c_tlast_i
  );
"""

_TOP_HEAD = """\
/// The whole accelerator in programmable logic: hgcn_accelerator and the tensor array behind PLIO.
///
/// Handshake   AXI4-Lite slave (hw/regs/hgcn.rdl), AXI4 master (INCR, id 0).
/// Latency     See the modules.
/// Throughput  See the modules.
/// Paths       See hgcn_accelerator.
/// Requires    `rst_ni` and `array_rst_ni` are low together at power-up, for at least
///             4 cycles of each clock.
/// Model       hgcn.execution, bit for bit; sim/top.
module hgcn_top
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_axi_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,      // Synchronous to clk_i
  input  logic array_clk_i,   // Of the array, any relation to clk_i
  input  logic array_rst_ni,  // Synchronous to array_clk_i
  output logic irq_o,       // Level: done or error, while enabled
"""

_TOP_STREAMS = """\
  logic [R-1:0] a_tvalid, a_tready, a_tlast;
  logic [R*C-1:0] b_tvalid, b_tready, b_tlast, c_tvalid, c_tready, c_tlast;
  plio_t [R-1:0] a_tdata;
  plio_t [R*C-1:0] b_tdata, c_tdata;

"""

_TOP_CONNECTIONS = """\
    .plio_a_tvalid_o(a_tvalid),
    .plio_a_tready_i(a_tready),
    .plio_a_tdata_o (a_tdata),
    .plio_a_tlast_o (a_tlast),
    .plio_b_tvalid_o(b_tvalid),
    .plio_b_tready_i(b_tready),
    .plio_b_tdata_o (b_tdata),
    .plio_b_tlast_o (b_tlast),
    .plio_c_tvalid_i(c_tvalid),
    .plio_c_tready_o(c_tready),
    .plio_c_tdata_i (c_tdata),
    .plio_c_tlast_i (c_tlast)
  );

  hgcn_tensor_array u_array (
    .clk_i,
    .rst_ni,
    .array_clk_i,
    .array_rst_ni,
    .plio_a_tvalid_i(a_tvalid),
    .plio_a_tready_o(a_tready),
    .plio_a_tdata_i (a_tdata),
    .plio_a_tlast_i (a_tlast),
    .plio_b_tvalid_i(b_tvalid),
    .plio_b_tready_o(b_tready),
    .plio_b_tdata_i (b_tdata),
    .plio_b_tlast_i (b_tlast),
    .plio_c_tvalid_o(c_tvalid),
    .plio_c_tready_i(c_tready),
    .plio_c_tdata_o (c_tdata),
    .plio_c_tlast_o (c_tlast)
  );
"""

_INSTANCE = """\
  hgcn_accelerator u_accelerator (
    .clk_i,
    .rst_ni,
    .irq_o,
    .s_axil_i       (axi_lite_request),
    .s_axil_o       (axi_lite_response),
    .m_axi_read_o   (axi_read_request),
    .m_axi_read_i   (axi_read_response),
    .m_axi_write_o  (axi_write_request),
    .m_axi_write_i  (axi_write_response),
"""


def memory_ports(ports: int = MEMORY_PORTS) -> tuple[str, ...]:
    """Return the names of the memory ports: each is the prefix of its signals.

    Examples
    --------
    >>> memory_ports(1), memory_ports(2)
    (('m_axi',), ('m_axi_0', 'm_axi_1'))
    """
    return ("m_axi",) if ports == 1 else tuple(f"m_axi_{port}" for port in range(ports))


def _declared(bus: AxiBus, prefix: str, master: bool) -> str:
    """Return the flat ports of a bus; the accelerator is its ``master`` or its slave."""
    spans = {signal: signal.span() for signal in bus.signals}
    widest = max(map(len, spans.values()))
    return ",\n".join(
        f"  {'output' if signal.from_master is master else 'input '} "
        f"logic {f'[{span[1:-1]:>{widest - 2}}]' if span else '':{widest}} {prefix}_{signal.name}"
        for signal, span in spans.items()
    )


def _joined(bus: AxiBus, prefix: str, master: bool, index: str = "") -> str:
    """Return what joins flat ports and structs: in by a pattern, out signal by signal."""
    ways = {True: f"{bus.name}_request{index}", False: f"{bus.name}_response{index}"}
    members = ",\n".join(f"    {s.name}: {prefix}_{s.name}" for s in bus.members(not master))
    out = "".join(
        f"  assign {prefix}_{s.name} = {ways[master]}.{s.name};\n" for s in bus.members(master)
    )
    return f"  assign {ways[not master]} = '{{\n{members}\n  }};\n{out}"


def _structs(bus: AxiBus, many: str) -> str:
    return "".join(
        f"  {bus.name}_{kind}_t{many} {bus.name}_{kind};\n" for kind in ("request", "response")
    )


def _text(head: str, streams: str, signals: str, connections: str, ports: int) -> str:
    names = memory_ports(ports)
    faces = [_declared(AXI_LITE, "s_axil", False)]
    faces += [_declared(bus, name, True) for name in names for bus in (AXI_READ, AXI_WRITE)]
    joins = [_joined(AXI_LITE, "s_axil", False)]
    joins += [
        _joined(bus, name, True, f"[{index}]")
        for index, name in enumerate(names)
        for bus in (AXI_READ, AXI_WRITE)
    ]
    many = " [MemoryPorts-1:0]"
    return (
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Generated by hgcn.emit.tops; do not edit.\n\n"
        + head
        + "\n"
        + ",\n\n".join(faces)
        + (",\n" + streams if streams else "\n")
        + ");\n\n"
        + _structs(AXI_LITE, "")
        + _structs(AXI_READ, many)
        + _structs(AXI_WRITE, many)
        + "\n"
        + "\n".join(joins)
        + "\n"
        + signals
        + _INSTANCE
        + connections
        + "\nendmodule\n"
    )


def core_text(ports: int = MEMORY_PORTS) -> str:
    """Return the text of ``hgcn_core.sv`` with so many memory ports."""
    return _text(_CORE_HEAD, _CORE_STREAMS, "", _CORE_CONNECTIONS, ports)


def top_text(ports: int = MEMORY_PORTS) -> str:
    """Return the text of ``hgcn_top.sv`` with so many memory ports."""
    return _text(_TOP_HEAD, "", _TOP_STREAMS, _TOP_CONNECTIONS, ports)


TOPS: dict[str, Callable[[int], str]] = {"hgcn_core": core_text, "hgcn_top": top_text}
"""What writes each top, given its number of memory ports."""

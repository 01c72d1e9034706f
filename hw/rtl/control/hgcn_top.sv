// SPDX-License-Identifier: Apache-2.0

/// The whole accelerator in programmable logic: hgcn_core and the systolic tensor array behind its PLIO ports.
///
/// Handshake   AXI4-Lite slave (hw/regs/hgcn.rdl), AXI4 master (INCR, id 0).
/// Latency     See the modules.
/// Throughput  See the modules.
/// Paths       See hgcn_core.
/// Requires    `rst_ni` and `sta_rst_ni` are low together at power-up, for at least 4 cycles of each clock.
/// Model       hgcn.execution, bit for bit; sim/top.
module hgcn_top
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,      // Synchronous to clk_i
  input  logic sta_clk_i,   // Of the array, any relation to clk_i
  input  logic sta_rst_ni,  // Synchronous to sta_clk_i
  output logic irq_o,       // Level: done or error, while enabled

  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [ 8:0] s_axil_awaddr,
  input  logic [ 2:0] s_axil_awprot,
  input  logic        s_axil_wvalid,
  output logic        s_axil_wready,
  input  logic [31:0] s_axil_wdata,
  input  logic [ 3:0] s_axil_wstrb,
  output logic        s_axil_bvalid,
  input  logic        s_axil_bready,
  output logic [ 1:0] s_axil_bresp,
  input  logic        s_axil_arvalid,
  output logic        s_axil_arready,
  input  logic [ 8:0] s_axil_araddr,
  input  logic [ 2:0] s_axil_arprot,
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [ 1:0] s_axil_rresp,

  output logic        m_axi_arvalid,
  input  logic        m_axi_arready,
  output logic [ 0:0] m_axi_arid,
  output logic [63:0] m_axi_araddr,
  output logic [ 7:0] m_axi_arlen,
  output logic [ 2:0] m_axi_arsize,
  output logic [ 1:0] m_axi_arburst,
  output logic        m_axi_arlock,
  output logic [ 3:0] m_axi_arcache,
  output logic [ 2:0] m_axi_arprot,
  output logic [ 3:0] m_axi_arqos,
  input  logic        m_axi_rvalid,
  output logic        m_axi_rready,
  input  logic [ 0:0] m_axi_rid,
  input  beat_t       m_axi_rdata,
  input  logic [ 1:0] m_axi_rresp,
  input  logic        m_axi_rlast,

  output logic                m_axi_awvalid,
  input  logic                m_axi_awready,
  output logic [         0:0] m_axi_awid,
  output logic [        63:0] m_axi_awaddr,
  output logic [         7:0] m_axi_awlen,
  output logic [         2:0] m_axi_awsize,
  output logic [         1:0] m_axi_awburst,
  output logic                m_axi_awlock,
  output logic [         3:0] m_axi_awcache,
  output logic [         2:0] m_axi_awprot,
  output logic [         3:0] m_axi_awqos,
  output logic                m_axi_wvalid,
  input  logic                m_axi_wready,
  output beat_t               m_axi_wdata,
  output logic [AxiBytes-1:0] m_axi_wstrb,
  output logic                m_axi_wlast,
  input  logic                m_axi_bvalid,
  output logic                m_axi_bready,
  input  logic [         0:0] m_axi_bid,
  input  logic [         1:0] m_axi_bresp
);

  logic [R-1:0] a_tvalid, a_tready, a_tlast;
  logic [R*C-1:0] b_tvalid, b_tready, b_tlast, c_tvalid, c_tready, c_tlast;
  plio_t [R-1:0] a_tdata;
  plio_t [R*C-1:0] b_tdata, c_tdata;

  hgcn_core u_core (
    .clk_i,
    .rst_ni,
    .irq_o,
    .s_axil_awvalid,
    .s_axil_awready,
    .s_axil_awaddr,
    .s_axil_awprot,
    .s_axil_wvalid,
    .s_axil_wready,
    .s_axil_wdata,
    .s_axil_wstrb,
    .s_axil_bvalid,
    .s_axil_bready,
    .s_axil_bresp,
    .s_axil_arvalid,
    .s_axil_arready,
    .s_axil_araddr,
    .s_axil_arprot,
    .s_axil_rvalid,
    .s_axil_rready,
    .s_axil_rdata,
    .s_axil_rresp,
    .m_axi_arvalid,
    .m_axi_arready,
    .m_axi_arid,
    .m_axi_araddr,
    .m_axi_arlen,
    .m_axi_arsize,
    .m_axi_arburst,
    .m_axi_arlock,
    .m_axi_arcache,
    .m_axi_arprot,
    .m_axi_arqos,
    .m_axi_rvalid,
    .m_axi_rready,
    .m_axi_rid,
    .m_axi_rdata,
    .m_axi_rresp,
    .m_axi_rlast,
    .m_axi_awvalid,
    .m_axi_awready,
    .m_axi_awid,
    .m_axi_awaddr,
    .m_axi_awlen,
    .m_axi_awsize,
    .m_axi_awburst,
    .m_axi_awlock,
    .m_axi_awcache,
    .m_axi_awprot,
    .m_axi_awqos,
    .m_axi_wvalid,
    .m_axi_wready,
    .m_axi_wdata,
    .m_axi_wstrb,
    .m_axi_wlast,
    .m_axi_bvalid,
    .m_axi_bready,
    .m_axi_bid,
    .m_axi_bresp,
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

  hgcn_sta u_sta (
    .clk_i,
    .rst_ni,
    .sta_clk_i,
    .sta_rst_ni,
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

endmodule

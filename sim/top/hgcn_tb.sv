// SPDX-License-Identifier: Apache-2.0

/// The accelerator, its clocks, its memory and a mailbox for the test.
///
/// Plusargs: `+pl_half_ps=`, `+sta_half_ps=` half periods of the clocks.
module hgcn_tb
  import hgcn_pkg::*;
(
  input  logic        mail_req_i,
  input  logic        mail_write_i,
  input  logic [ 8:0] mail_addr_i,
  input  logic [31:0] mail_wdata_i,
  output logic        mail_ack_o,
  output logic [31:0] mail_rdata_o,
  output logic [ 1:0] mail_resp_o,

  output logic        ready_o,  // Out of reset
  output logic        irq_o,
  output logic [63:0] cycles_o  // PL clock edges since reset
);

  int unsigned pl_half_ps = 5000;
  int unsigned sta_half_ps = 4000;
  logic clk = 1'b0;
  logic sta_clk = 1'b0;
  logic [7:0] reset_q = '0;
  logic [7:0] sta_reset_q = '0;
  logic rst_n, sta_rst_n;

  initial begin
    void'($value$plusargs("pl_half_ps=%d", pl_half_ps));
    void'($value$plusargs("sta_half_ps=%d", sta_half_ps));
    fork
      forever #(pl_half_ps * 1ps) clk = ~clk;
      forever #(sta_half_ps * 1ps) sta_clk = ~sta_clk;
    join
  end

  assign rst_n = reset_q[7];
  assign sta_rst_n = sta_reset_q[7];
  assign ready_o = rst_n && sta_rst_n;

  always_ff @(posedge clk) begin
    reset_q  <= {reset_q[6:0], 1'b1};
    cycles_o <= rst_n ? cycles_o + 64'd1 : 64'd0;
  end

  always_ff @(posedge sta_clk) sta_reset_q <= {sta_reset_q[6:0], rst_n};

  // AXI4-Lite
  logic awvalid, awready, wvalid, wready, bvalid, bready, arvalid, arready, rvalid, rready;
  logic [8:0] awaddr, araddr;
  logic [31:0] wdata, rdata;
  logic [3:0] wstrb;
  logic [1:0] bresp, rresp;

  hgcn_mailbox u_mailbox (
    .clk_i(clk),
    .rst_ni(rst_n),
    .req_i(mail_req_i),
    .write_i(mail_write_i),
    .addr_i(mail_addr_i),
    .wdata_i(mail_wdata_i),
    .ack_o(mail_ack_o),
    .rdata_o(mail_rdata_o),
    .resp_o(mail_resp_o),
    .m_axil_awvalid(awvalid),
    .m_axil_awready(awready),
    .m_axil_awaddr(awaddr),
    .m_axil_wvalid(wvalid),
    .m_axil_wready(wready),
    .m_axil_wdata(wdata),
    .m_axil_wstrb(wstrb),
    .m_axil_bvalid(bvalid),
    .m_axil_bready(bready),
    .m_axil_bresp(bresp),
    .m_axil_arvalid(arvalid),
    .m_axil_arready(arready),
    .m_axil_araddr(araddr),
    .m_axil_rvalid(rvalid),
    .m_axil_rready(rready),
    .m_axil_rdata(rdata),
    .m_axil_rresp(rresp)
  );

  // AXI4
  logic m_arvalid, m_arready, m_rvalid, m_rready, m_rlast;
  logic m_awvalid, m_awready, m_wvalid, m_wready, m_wlast, m_bvalid, m_bready;
  logic [63:0] m_araddr, m_awaddr;
  logic [7:0] m_arlen, m_awlen;
  logic [2:0] m_arsize, m_awsize;
  logic [1:0] m_arburst, m_awburst, m_rresp, m_bresp;
  beat_t m_rdata, m_wdata;
  logic [AxiBytes-1:0] m_wstrb;

  hgcn_dram_port #(
    .DataBits(AxiBits)
  ) u_dram (
    .clk_i(clk),
    .rst_ni(rst_n),
    .s_axi_arvalid(m_arvalid),
    .s_axi_arready(m_arready),
    .s_axi_araddr(m_araddr),
    .s_axi_arlen(m_arlen),
    .s_axi_arsize(m_arsize),
    .s_axi_arburst(m_arburst),
    .s_axi_rvalid(m_rvalid),
    .s_axi_rready(m_rready),
    .s_axi_rdata(m_rdata),
    .s_axi_rresp(m_rresp),
    .s_axi_rlast(m_rlast),
    .s_axi_awvalid(m_awvalid),
    .s_axi_awready(m_awready),
    .s_axi_awaddr(m_awaddr),
    .s_axi_awlen(m_awlen),
    .s_axi_awsize(m_awsize),
    .s_axi_awburst(m_awburst),
    .s_axi_wvalid(m_wvalid),
    .s_axi_wready(m_wready),
    .s_axi_wdata(m_wdata),
    .s_axi_wstrb(m_wstrb),
    .s_axi_wlast(m_wlast),
    .s_axi_bvalid(m_bvalid),
    .s_axi_bready(m_bready),
    .s_axi_bresp(m_bresp)
  );

  hgcn_top u_top (
    .clk_i(clk),
    .rst_ni(rst_n),
    .sta_clk_i(sta_clk),
    .sta_rst_ni(sta_rst_n),
    .irq_o(irq_o),
    .s_axil_awvalid(awvalid),
    .s_axil_awready(awready),
    .s_axil_awaddr(awaddr),
    .s_axil_awprot('0),
    .s_axil_wvalid(wvalid),
    .s_axil_wready(wready),
    .s_axil_wdata(wdata),
    .s_axil_wstrb(wstrb),
    .s_axil_bvalid(bvalid),
    .s_axil_bready(bready),
    .s_axil_bresp(bresp),
    .s_axil_arvalid(arvalid),
    .s_axil_arready(arready),
    .s_axil_araddr(araddr),
    .s_axil_arprot('0),
    .s_axil_rvalid(rvalid),
    .s_axil_rready(rready),
    .s_axil_rdata(rdata),
    .s_axil_rresp(rresp),
    .m_axi_arvalid(m_arvalid),
    .m_axi_arready(m_arready),
    .m_axi_araddr(m_araddr),
    .m_axi_arlen(m_arlen),
    .m_axi_arsize(m_arsize),
    .m_axi_arburst(m_arburst),
    .m_axi_rvalid(m_rvalid),
    .m_axi_rready(m_rready),
    .m_axi_rdata(m_rdata),
    .m_axi_rresp(m_rresp),
    .m_axi_rlast(m_rlast),
    .m_axi_awvalid(m_awvalid),
    .m_axi_awready(m_awready),
    .m_axi_awaddr(m_awaddr),
    .m_axi_awlen(m_awlen),
    .m_axi_awsize(m_awsize),
    .m_axi_awburst(m_awburst),
    .m_axi_wvalid(m_wvalid),
    .m_axi_wready(m_wready),
    .m_axi_wdata(m_wdata),
    .m_axi_wstrb(m_wstrb),
    .m_axi_wlast(m_wlast),
    .m_axi_bvalid(m_bvalid),
    .m_axi_bready(m_bready),
    .m_axi_bresp(m_bresp)
  );

endmodule

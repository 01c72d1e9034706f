// SPDX-License-Identifier: Apache-2.0

/// The accelerator, its clocks, its memory and a mailbox for the test.
///
/// Plusargs: `+pl_half_ps=`, `+array_half_ps=` half periods of the clocks.
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
  int unsigned array_half_ps = 4000;
  logic clk = 1'b0;
  logic array_clk = 1'b0;
  logic [7:0] reset_q = '0;
  logic [7:0] array_reset_q = '0;
  logic rst_n, array_rst_n;

  initial begin
    void'($value$plusargs("pl_half_ps=%d", pl_half_ps));
    void'($value$plusargs("array_half_ps=%d", array_half_ps));
    fork
      forever #(pl_half_ps * 1ps) clk = ~clk;
      forever #(array_half_ps * 1ps) array_clk = ~array_clk;
    join
  end

  assign rst_n = reset_q[7];
  assign array_rst_n = array_reset_q[7];
  assign ready_o = rst_n && array_rst_n;

  always_ff @(posedge clk) begin
    reset_q  <= {reset_q[6:0], 1'b1};
    cycles_o <= rst_n ? cycles_o + 64'd1 : 64'd0;
  end

  always_ff @(posedge array_clk) array_reset_q <= {array_reset_q[6:0], rst_n};

  // AXI4-Lite
  logic s_axil_awvalid, s_axil_awready, s_axil_wvalid, s_axil_wready, s_axil_bvalid, s_axil_bready;
  logic s_axil_arvalid, s_axil_arready, s_axil_rvalid, s_axil_rready;
  logic [8:0] s_axil_awaddr, s_axil_araddr;
  logic [2:0] s_axil_awprot, s_axil_arprot;
  logic [31:0] s_axil_wdata, s_axil_rdata;
  logic [3:0] s_axil_wstrb;
  logic [1:0] s_axil_bresp, s_axil_rresp;

  assign s_axil_awprot = '0;
  assign s_axil_arprot = '0;

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
    .m_axil_awvalid(s_axil_awvalid),
    .m_axil_awready(s_axil_awready),
    .m_axil_awaddr(s_axil_awaddr),
    .m_axil_wvalid(s_axil_wvalid),
    .m_axil_wready(s_axil_wready),
    .m_axil_wdata(s_axil_wdata),
    .m_axil_wstrb(s_axil_wstrb),
    .m_axil_bvalid(s_axil_bvalid),
    .m_axil_bready(s_axil_bready),
    .m_axil_bresp(s_axil_bresp),
    .m_axil_arvalid(s_axil_arvalid),
    .m_axil_arready(s_axil_arready),
    .m_axil_araddr(s_axil_araddr),
    .m_axil_rvalid(s_axil_rvalid),
    .m_axil_rready(s_axil_rready),
    .m_axil_rdata(s_axil_rdata),
    .m_axil_rresp(s_axil_rresp)
  );

  // AXI4
  logic m_axi_arvalid, m_axi_arready, m_axi_rvalid, m_axi_rready, m_axi_rlast;
  logic m_axi_awvalid, m_axi_awready, m_axi_wvalid, m_axi_wready, m_axi_wlast;
  logic m_axi_bvalid, m_axi_bready, m_axi_arlock, m_axi_awlock;
  logic [0:0] m_axi_arid, m_axi_awid, m_axi_rid, m_axi_bid;
  logic [63:0] m_axi_araddr, m_axi_awaddr;
  logic [7:0] m_axi_arlen, m_axi_awlen;
  logic [2:0] m_axi_arsize, m_axi_awsize, m_axi_arprot, m_axi_awprot;
  logic [1:0] m_axi_arburst, m_axi_awburst, m_axi_rresp, m_axi_bresp;
  logic [3:0] m_axi_arcache, m_axi_awcache, m_axi_arqos, m_axi_awqos;
  beat_t m_axi_rdata, m_axi_wdata;
  logic [AxiBytes-1:0] m_axi_wstrb;

  // The memory has one id and no use for attributes.
  logic unused;
  assign m_axi_rid = '0;
  assign m_axi_bid = '0;
  assign unused = &{m_axi_arid, m_axi_awid, m_axi_arlock, m_axi_awlock, m_axi_arcache, m_axi_awcache,
                    m_axi_arprot, m_axi_awprot, m_axi_arqos, m_axi_awqos};

  hgcn_dram_port #(
    .DataBits(AxiBits)
  ) u_dram (
    .clk_i(clk),
    .rst_ni(rst_n),
    .s_axi_arvalid(m_axi_arvalid),
    .s_axi_arready(m_axi_arready),
    .s_axi_araddr(m_axi_araddr),
    .s_axi_arlen(m_axi_arlen),
    .s_axi_arsize(m_axi_arsize),
    .s_axi_arburst(m_axi_arburst),
    .s_axi_rvalid(m_axi_rvalid),
    .s_axi_rready(m_axi_rready),
    .s_axi_rdata(m_axi_rdata),
    .s_axi_rresp(m_axi_rresp),
    .s_axi_rlast(m_axi_rlast),
    .s_axi_awvalid(m_axi_awvalid),
    .s_axi_awready(m_axi_awready),
    .s_axi_awaddr(m_axi_awaddr),
    .s_axi_awlen(m_axi_awlen),
    .s_axi_awsize(m_axi_awsize),
    .s_axi_awburst(m_axi_awburst),
    .s_axi_wvalid(m_axi_wvalid),
    .s_axi_wready(m_axi_wready),
    .s_axi_wdata(m_axi_wdata),
    .s_axi_wstrb(m_axi_wstrb),
    .s_axi_wlast(m_axi_wlast),
    .s_axi_bvalid(m_axi_bvalid),
    .s_axi_bready(m_axi_bready),
    .s_axi_bresp(m_axi_bresp)
  );

  hgcn_top u_top (
    .clk_i(clk),
    .rst_ni(rst_n),
    .array_clk_i(array_clk),
    .array_rst_ni(array_rst_n),
    .*
  );

`ifdef HGCN_PLIO_CAPTURE
  hgcn_plio_capture u_capture (
    .clk_i(clk),
    .rst_ni(rst_n),
    .a_fire_i(u_top.a_tvalid & u_top.a_tready),
    .a_tlast_i(u_top.a_tlast),
    .a_tdata_i(u_top.a_tdata),
    .b_fire_i(u_top.b_tvalid & u_top.b_tready),
    .b_tlast_i(u_top.b_tlast),
    .b_tdata_i(u_top.b_tdata),
    .c_fire_i(u_top.c_tvalid & u_top.c_tready),
    .c_tlast_i(u_top.c_tlast),
    .c_tdata_i(u_top.c_tdata)
  );
`endif

endmodule

// SPDX-License-Identifier: Apache-2.0

/// AXI4-Lite master that does one access per toggle of `req_i`, for a test written in Python.
///
/// The test sets the request, toggles `req_i` and waits for `ack_o` to equal it. It never samples a
/// handshake itself: with clocks made in SystemVerilog it would see values from after the edge.
///
/// Handshake   Toggle `req_i`; done when `ack_o` equals it. AXI4-Lite on the other side.
/// Latency     Set by the slave.
/// Throughput  One access at a time.
/// Paths       None.
/// Requires    Request inputs constant from the toggle to the acknowledge.
/// Model       hgcn_sim.top.mailbox.Mailbox.
module hgcn_mailbox #(
  parameter int unsigned AddrBits = 9
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic                req_i,
  input  logic                write_i,
  input  logic [AddrBits-1:0] addr_i,
  input  logic [        31:0] wdata_i,
  output logic                ack_o,
  output logic [        31:0] rdata_o,
  output logic [         1:0] resp_o,

  output logic                m_axil_awvalid,
  input  logic                m_axil_awready,
  output logic [AddrBits-1:0] m_axil_awaddr,
  output logic                m_axil_wvalid,
  input  logic                m_axil_wready,
  output logic [        31:0] m_axil_wdata,
  output logic [         3:0] m_axil_wstrb,
  input  logic                m_axil_bvalid,
  output logic                m_axil_bready,
  input  logic [         1:0] m_axil_bresp,
  output logic                m_axil_arvalid,
  input  logic                m_axil_arready,
  output logic [AddrBits-1:0] m_axil_araddr,
  input  logic                m_axil_rvalid,
  output logic                m_axil_rready,
  input  logic [        31:0] m_axil_rdata,
  input  logic [         1:0] m_axil_rresp
);

  logic busy_q, aw_q, w_q, ar_q;

  assign m_axil_awvalid = aw_q;
  assign m_axil_wvalid  = w_q;
  assign m_axil_arvalid = ar_q;
  assign m_axil_awaddr  = addr_i;
  assign m_axil_araddr  = addr_i;
  assign m_axil_wdata   = wdata_i;
  assign m_axil_wstrb   = '1;
  assign m_axil_bready  = busy_q;
  assign m_axil_rready  = busy_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {busy_q, aw_q, w_q, ar_q, ack_o} <= '0;
    end else if (!busy_q) begin
      if (req_i != ack_o) begin
        busy_q <= 1'b1;
        aw_q   <= write_i;
        w_q    <= write_i;
        ar_q   <= !write_i;
      end
    end else begin
      if (m_axil_awready) aw_q <= 1'b0;
      if (m_axil_wready) w_q <= 1'b0;
      if (m_axil_arready) ar_q <= 1'b0;
      if (m_axil_bvalid || m_axil_rvalid) begin
        busy_q  <= 1'b0;
        ack_o   <= req_i;
        rdata_o <= m_axil_rdata;
        resp_o  <= m_axil_bvalid ? m_axil_bresp : m_axil_rresp;
      end
    end
  end

endmodule

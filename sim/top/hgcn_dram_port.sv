// SPDX-License-Identifier: Apache-2.0

/// The C++ memory model as an AXI4 slave: one DPI call per clock edge.
///
/// Handshake   AXI4; every output is a register.
/// Latency     Set from Python (`hgcn_sim.dram.Dram.set_timing`).
/// Throughput  1 beat/cycle each way, unless limited from Python.
/// Paths       None.
/// Requires    Full-width INCR bursts (violations are counted, not hidden).
/// Model       sim/dram/axi_memory.h.
module hgcn_dram_port #(
  parameter int unsigned DataBits = 128
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic        s_axi_arvalid,
  output logic        s_axi_arready,
  input  logic [63:0] s_axi_araddr,
  input  logic [ 7:0] s_axi_arlen,
  input  logic [ 2:0] s_axi_arsize,
  input  logic [ 1:0] s_axi_arburst,

  output logic                s_axi_rvalid,
  input  logic                s_axi_rready,
  output logic [DataBits-1:0] s_axi_rdata,
  output logic [         1:0] s_axi_rresp,
  output logic                s_axi_rlast,

  input  logic        s_axi_awvalid,
  output logic        s_axi_awready,
  input  logic [63:0] s_axi_awaddr,
  input  logic [ 7:0] s_axi_awlen,
  input  logic [ 2:0] s_axi_awsize,
  input  logic [ 1:0] s_axi_awburst,

  input  logic                  s_axi_wvalid,
  output logic                  s_axi_wready,
  input  logic [  DataBits-1:0] s_axi_wdata,
  input  logic [DataBits/8-1:0] s_axi_wstrb,
  input  logic                  s_axi_wlast,

  output logic        s_axi_bvalid,
  input  logic        s_axi_bready,
  output logic [ 1:0] s_axi_bresp
);

  import "DPI-C" function void hgcn_dram_clock(
    input  int unsigned       flags,
    input  longint unsigned   ar_addr,
    input  int unsigned       ar_shape,
    input  longint unsigned   aw_addr,
    input  int unsigned       aw_shape,
    input  longint unsigned   w_strobe,
    input  bit [DataBits-1:0] w_data,
    output int unsigned       flags_out,
    output int unsigned       ids_out,
    output bit [DataBits-1:0] r_data
  );

  int unsigned flags_in, flags_out, ids_out;
  bit [DataBits-1:0] r_data;
  logic [9:0] flags_q;

  assign flags_in = {25'd0, !rst_ni, s_axi_bready, s_axi_wlast, s_axi_wvalid, s_axi_awvalid,
                     s_axi_rready, s_axi_arvalid};

  assign s_axi_arready = flags_q[0];
  assign s_axi_rvalid  = flags_q[1];
  assign s_axi_rlast   = flags_q[2];
  assign s_axi_awready = flags_q[3];
  assign s_axi_wready  = flags_q[4];
  assign s_axi_bvalid  = flags_q[5];
  assign s_axi_rresp   = flags_q[7:6];
  assign s_axi_bresp   = flags_q[9:8];

  logic [31:0] ar_shape, aw_shape;
  assign ar_shape = {19'd0, s_axi_arburst, s_axi_arsize, s_axi_arlen};
  assign aw_shape = {19'd0, s_axi_awburst, s_axi_awsize, s_axi_awlen};

  always_ff @(posedge clk_i) begin
    // The call's results are plain variables, registered below.
    // verilator lint_off BLKSEQ
    hgcn_dram_clock(flags_in, s_axi_araddr, ar_shape, s_axi_awaddr, aw_shape, 64'(s_axi_wstrb), s_axi_wdata, flags_out,
                    ids_out, r_data);
    // verilator lint_on BLKSEQ
    flags_q <= rst_ni ? flags_out[9:0] : '0;
    s_axi_rdata <= r_data;
  end

endmodule

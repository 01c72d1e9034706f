// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Memory with one write and one read port: block RAM, or LUT RAM with an output register.
///
/// Handshake   Enables; `rd_data_o` keeps the last word read.
/// Latency     1 cycle, `rd_en_i` to `rd_data_o`.
/// Throughput  One write and one read per cycle.
/// Paths       None.
/// Requires    Addresses below Depth. A read of the word written in the same cycle gives either value: do not use it.
/// Model       A NumPy array.
module hgcn_ram #(
  parameter  int unsigned Width    = 32,
  parameter  int unsigned Depth    = 512,
  localparam int unsigned AddrBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input logic clk_i,
  input logic rst_ni,  // Only for the assertions

  input logic                wr_en_i,
  input logic [AddrBits-1:0] wr_addr_i,
  input logic [   Width-1:0] wr_data_i,

  input  logic                rd_en_i,
  input  logic [AddrBits-1:0] rd_addr_i,
  output logic [   Width-1:0] rd_data_o
);

  if (Width < 1 || Depth < 1) begin : gen_bad_size
    $fatal(1, "Width and Depth must be >= 1, got %0d and %0d", Width, Depth);
  end

  logic [Width-1:0] mem_q[Depth];

  always_ff @(posedge clk_i) begin
    if (wr_en_i) mem_q[wr_addr_i] <= wr_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (rd_en_i) rd_data_o <= mem_q[rd_addr_i];
  end

  // Depth need not be a power of two.
  `HGCN_ASSUME(WriteInRange, wr_en_i |-> 32'(wr_addr_i) < Depth)
  `HGCN_ASSUME(ReadInRange, rd_en_i |-> 32'(rd_addr_i) < Depth)

`ifdef SYNTHESIS
  logic unused_rst;
  assign unused_rst = rst_ni;
`endif

endmodule

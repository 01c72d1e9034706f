// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Synchronous FIFO; the oldest item shows at the output.
///
/// Handshake   ready/valid (hw/README.md).
/// Latency     1 cycle, in to out.
/// Throughput  1 item/cycle when Depth >= 2, one every second cycle when Depth is 1.
/// Paths       None.
/// Requires    Nothing beyond the ready/valid contract.
/// Model       collections.deque.
module hgcn_fifo #(
  parameter  int unsigned Width     = 32,
  parameter  int unsigned Depth     = 4,  // Items; any number
  localparam int unsigned CountBits = $clog2(Depth + 1)
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o,

  output logic [CountBits-1:0] count_o  // Items held
);

  if (Width < 1) begin : gen_bad_width
    $fatal(1, "Width must be >= 1, got %0d", Width);
  end
  if (Depth < 1) begin : gen_bad_depth
    $fatal(1, "Depth must be >= 1, got %0d", Depth);
  end

  localparam int unsigned PtrBits = Depth > 1 ? $clog2(Depth) : 1;
  localparam logic [PtrBits-1:0] LastPtr = PtrBits'(Depth - 1);
  typedef logic [CountBits-1:0] count_t;

  logic [Width-1:0] mem_q[Depth];
  logic [PtrBits-1:0] wr_ptr_q, rd_ptr_q;
  count_t count_q;
  logic in_fire, out_fire;

  assign in_ready_o  = count_q != count_t'(Depth);
  assign out_valid_o = count_q != '0;
  assign out_data_o  = mem_q[rd_ptr_q];
  assign count_o     = count_q;
  assign in_fire     = in_valid_i && in_ready_o;
  assign out_fire    = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
      count_q  <= '0;
    end else begin
      if (in_fire) wr_ptr_q <= wr_ptr_q == LastPtr ? '0 : wr_ptr_q + 1'b1;
      if (out_fire) rd_ptr_q <= rd_ptr_q == LastPtr ? '0 : rd_ptr_q + 1'b1;
      count_q <= count_q + count_t'(in_fire) - count_t'(out_fire);
    end
  end

  always_ff @(posedge clk_i) begin
    if (in_fire) mem_q[wr_ptr_q] <= in_data_i;
  end

  `HGCN_ASSERT(OutHeld, out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_data_o))
  `HGCN_ASSERT(NeverOverfull, count_q <= count_t'(Depth))
  `HGCN_ASSUME(InHeld, in_valid_i && !in_ready_o |=> in_valid_i && $stable(in_data_i))

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// FIFO between two unrelated clocks: gray pointers, two synchronising flops each way.
///
/// Handshake   ready/valid on both sides (hw/README.md), each in its own clock.
/// Latency     A beat shows at the third `out_clk_i` edge after the `in_clk_i` edge that took it.
/// Throughput  1 beat per cycle of the slower clock when Depth >= 16 (the pointers' round trip).
/// Paths       None: `in_ready_o` and `out_valid_o` come from registers of their own clock.
/// Requires    A reset is of both sides: `in_valid_i` and `out_ready_i` are low from before the first one
///             falls until both have been low together for a cycle of each clock. Either may rise first.
/// Model       collections.deque, in order.
module hgcn_async_fifo #(
  parameter  int unsigned Width = 32,  // A beat, bits
  parameter  int unsigned Depth = 16,  // Beats, a power of two
  localparam int unsigned AddrBits = $clog2(Depth)
) (
  input  logic             in_clk_i,
  input  logic             in_rst_ni,  // Synchronous to in_clk_i
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  input  logic             out_clk_i,
  input  logic             out_rst_ni,  // Synchronous to out_clk_i
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  if (Depth < 4 || (1 << AddrBits) != Depth) begin : gen_bad_depth
    $fatal(1, "Depth must be a power of two, at least 4, got %0d", Depth);
  end

  typedef logic [AddrBits:0] ptr_t;  // One bit more than an address: full differs from empty

  function automatic ptr_t gray(ptr_t binary);
    return binary ^ (binary >> 1);
  endfunction

  logic [Width-1:0] mem_q[Depth];

  ptr_t wptr_q, wgray_q, rgray_meta_q, rgray_sync_q, wptr_next;
  ptr_t rptr_q, rgray_q, wgray_meta_q, wgray_sync_q, rptr_next;

  // Write side
  logic full_q, push;

  assign in_ready_o = !full_q;
  assign push = in_valid_i && in_ready_o;
  assign wptr_next = wptr_q + ptr_t'(push);

  always_ff @(posedge in_clk_i) begin
    if (!in_rst_ni) begin
      wptr_q <= '0;
      wgray_q <= '0;
      rgray_meta_q <= '0;
      rgray_sync_q <= '0;
      full_q <= 1'b1;  // Not ready while in reset
    end else begin
      wptr_q <= wptr_next;
      wgray_q <= gray(wptr_next);
      rgray_meta_q <= rgray_q;
      rgray_sync_q <= rgray_meta_q;
      // Full: the same place, one lap ahead, i.e. the two top gray bits inverted.
      full_q <= gray(wptr_next) == {~rgray_sync_q[AddrBits:AddrBits-1], rgray_sync_q[AddrBits-2:0]};
    end
  end

  always_ff @(posedge in_clk_i) begin
    if (push) mem_q[wptr_q[AddrBits-1:0]] <= in_data_i;
  end

  // Read side
  logic valid_q, pop;

  assign out_valid_o = valid_q;
  assign out_data_o = mem_q[rptr_q[AddrBits-1:0]];
  assign pop = valid_q && out_ready_i;
  assign rptr_next = rptr_q + ptr_t'(pop);

  always_ff @(posedge out_clk_i) begin
    if (!out_rst_ni) begin
      rptr_q <= '0;
      rgray_q <= '0;
      wgray_meta_q <= '0;
      wgray_sync_q <= '0;
      valid_q <= 1'b0;
    end else begin
      rptr_q <= rptr_next;
      rgray_q <= gray(rptr_next);
      wgray_meta_q <= wgray_q;
      wgray_sync_q <= wgray_meta_q;
      valid_q <= gray(rptr_next) != wgray_sync_q;
    end
  end

  `HGCN_ASSERT_ON(OutHeld, out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_data_o),
                  out_clk_i, out_rst_ni)
  `HGCN_ASSERT_ON(OneBitMoves, push |=> $onehot(wgray_q ^ $past(wgray_q)), in_clk_i, in_rst_ni)
  `HGCN_ASSERT_ON(PopsOneBit, pop |=> $onehot(rgray_q ^ $past(rgray_q)), out_clk_i, out_rst_ni)

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// One PL lane: multiplies rows by an int8 value and adds them to the sums of its slots, two buffers of them.
///
/// A slot has a touched bit per buffer: untouched, it reads as zero, whatever its memory holds.
///
/// Handshake   Valid only; nothing stalls. Sums are read by enables, see Latency.
/// Latency     2 cycles, `valid_i` to the sum written. `sum_rd_i` to `sum_data_o`: one cycle with `sum_ce_i` high.
/// Throughput  One row per cycle, the same slot as often as wished.
/// Paths       None.
/// Requires    `clear_i` only while no row is in flight. The buffer drained is not the buffer written.
/// Model       NumPy: sums[buffer, slot] += value * row.
module hgcn_lane
  import hgcn_pkg::*;
#(
  localparam int unsigned SlotBits = $clog2(Slots)
) (
  input logic clk_i,
  input logic rst_ni,

  input logic       buffer_i,  // Buffer written; constant while rows are in flight
  input logic [1:0] clear_i, // Forget all sums of a buffer

  input logic                       valid_i,
  input logic        [SlotBits-1:0] slot_i,
  input logic signed [         7:0] value_i,
  input row_t                       row_i,

  input  logic                sum_ce_i,
  input  logic                sum_rd_i,
  input  logic                sum_buffer_i,
  input  logic [SlotBits-1:0] sum_slot_i,
  output logic                sum_touched_o,  // Otherwise the sum is zero
  output sums_t               sum_data_o
);

  logic [1:0][Slots-1:0] touched_q;

  logic add_q, forward_q, fresh_q;  // This cycle adds; to the sum just written; to zero
  logic [SlotBits-1:0] slot_q;
  sums_t old, sum_d, sum_q;
  sums_t buffer_data[2];
  logic drain_rd, drain_buffer_q;

  assign drain_rd = sum_rd_i && sum_ce_i;

  // A row of the slot written in this cycle comes too early for the memory: it takes the sum from a register.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      add_q <= 1'b0;
    end else begin
      add_q <= valid_i;
    end
    if (valid_i) begin
      slot_q    <= slot_i;
      forward_q <= add_q && slot_q == slot_i;
      fresh_q   <= !touched_q[buffer_i][slot_i];
    end
    if (add_q) sum_q <= sum_d;
  end

  assign old = forward_q ? sum_q : fresh_q ? '0 : buffer_data[buffer_i];

  for (genvar f = 0; f < F; f++) begin : gen_feature
    logic signed [15:0] product_q;
    always_ff @(posedge clk_i) begin
      if (valid_i) product_q <= 16'(signed'(row_i[8*f+:8])) * 16'(value_i);
    end
    assign sum_d[32*f+:32] = old[32*f+:32] + 32'(product_q);
  end

  for (genvar h = 0; h < 2; h++) begin : gen_buffer
    logic add_rd;
    assign add_rd = valid_i && buffer_i == 1'(h);

    hgcn_ram #(
      .Width(F * 32),
      .Depth(Slots)
    ) u_sums (
      .clk_i,
      .rst_ni,
      .wr_en_i  (add_q && buffer_i == 1'(h)),
      .wr_addr_i(slot_q),
      .wr_data_i(sum_d),
      .rd_en_i  (add_rd || (drain_rd && sum_buffer_i == 1'(h))),
      .rd_addr_i(add_rd ? slot_i : sum_slot_i),
      .rd_data_o(buffer_data[h])
    );

    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i[h]) touched_q[h] <= '0;
      else if (add_q && buffer_i == 1'(h)) touched_q[h][slot_q] <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (drain_rd) begin
      drain_buffer_q  <= sum_buffer_i;
      sum_touched_o <= touched_q[sum_buffer_i][sum_slot_i];
    end
  end

  assign sum_data_o = buffer_data[drain_buffer_q];

  `HGCN_ASSUME(DrainsOtherBuffer, (valid_i || add_q) && drain_rd |-> sum_buffer_i != buffer_i)
  `HGCN_ASSUME(DrainsBeforeClear, drain_rd |-> !clear_i[sum_buffer_i])
  `HGCN_ASSUME(ClearsWhenEmpty, |clear_i |-> !valid_i && !add_q)
  `HGCN_ASSUME(BufferHeld, valid_i |=> $stable(buffer_i))

endmodule

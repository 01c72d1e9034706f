// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Checks the quad sums (docs/program-format.md) of interleaved streams, one accumulator pair per stream.
///
/// Handshake   Valid only; never waits.
/// Latency     5 cycles, last beat of a stream to `bad_o`.
/// Throughput  1 beat/cycle, any interleaving.
/// Paths       None.
/// Requires    `in_s1_i`, `in_s2_i` and `in_tag_i` belong to the stream of the beat; read with its last beat.
/// Model       hgcn.isa.checksum.stream_checksum.
module hgcn_checksum
  import hgcn_pkg::*;
#(
  parameter  int unsigned Streams    = 6,
  localparam int unsigned StreamBits = $clog2(Streams)
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous

  input logic                  in_valid_i,
  input logic [StreamBits-1:0] in_stream_i,
  input beat_t                 in_data_i,
  input logic                  in_last_i,
  input logic [          31:0] in_s1_i,     // Expected pair; both 0: not checked
  input logic [          31:0] in_s2_i,
  input logic [          23:0] in_tag_i,

  output logic        bad_o,     // Pulse: a stream differs from its pair
  output logic [23:0] bad_tag_o,
  output logic        idle_o     // No verdict is under way
);

  localparam int unsigned Quads = AxiBytes / 16;

  typedef logic [31:0] word_t;
  typedef struct packed {
    logic [StreamBits-1:0] stream;
    logic                  last;
    word_t                 s1;
    word_t                 s2;
    logic [23:0]           tag;
  } side_t;

  // 1: sum of each quad. 2: their sum and weighted sum. 3: accumulate. 4: compare.
  word_t quad_q[Quads];
  word_t sum_d, sum_q, weighted_d, weighted_q;
  side_t side1_q, side2_q, side3_q;
  logic valid1_q, valid2_q, valid3_q;
  word_t s1_q[Streams], s2_q[Streams];
  word_t s1_now, s2_now, s1_d, s2_d, final1_q, final2_q;
  logic bad_q;
  logic [23:0] bad_tag_q;

  always_comb begin
    sum_d      = '0;
    weighted_d = '0;
    for (int unsigned i = 0; i < Quads; i++) begin
      sum_d      = sum_d + quad_q[i];
      weighted_d = weighted_d + quad_q[i] * word_t'(Quads - i);
    end
  end

  // s2 of the beat's quads: each adds the s1 so far, hence Quads times the s1 before the beat.
  assign s1_now = s1_q[side2_q.stream];
  assign s2_now = s2_q[side2_q.stream];
  assign s1_d   = s1_now + sum_q;
  assign s2_d   = s2_now + s1_now * word_t'(Quads) + weighted_q;

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Quads; i++) begin
      quad_q[i] <= in_data_i[i*128+:32] + in_data_i[i*128+32+:32] + in_data_i[i*128+64+:32] + in_data_i[i*128+96+:32];
    end
    side1_q    <= '{stream: in_stream_i, last: in_last_i, s1: in_s1_i, s2: in_s2_i, tag: in_tag_i};
    sum_q      <= sum_d;
    weighted_q <= weighted_d;
    side2_q    <= side1_q;
    final1_q   <= s1_d;
    final2_q   <= s2_d;
    side3_q    <= side2_q;
    bad_tag_q  <= side3_q.tag;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
      bad_q    <= 1'b0;
      for (int unsigned i = 0; i < Streams; i++) begin
        s1_q[i] <= '0;
        s2_q[i] <= '0;
      end
    end else begin
      valid1_q <= in_valid_i;
      valid2_q <= valid1_q;
      valid3_q <= valid2_q && side2_q.last;
      bad_q    <= valid3_q && {side3_q.s1, side3_q.s2} != '0 && {side3_q.s1, side3_q.s2} != {final1_q, final2_q};
      if (valid2_q) begin
        s1_q[side2_q.stream] <= side2_q.last ? '0 : s1_d;
        s2_q[side2_q.stream] <= side2_q.last ? '0 : s2_d;
      end
    end
  end

  // Of stage 3 only the expected pair and the tag are read.
  logic unused;
  assign unused = ^{side3_q.stream, side3_q.last};

  assign bad_o     = bad_q;
  assign bad_tag_o = bad_tag_q;
  assign idle_o    = !(valid1_q || valid2_q || valid3_q || bad_q);

  `HGCN_ASSUME(StreamExists, in_valid_i |-> 32'(in_stream_i) < Streams)

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// The sums of 4 features in every row at one place of a line: both buffers, one beat a cycle.
///
/// The first PE row from `from_i` on is granted; its beat is added to the sums of its row, or overwrites them if
/// its packet is the first of its block.
///
/// Handshake   A request is held until granted.
/// Latency     Grant to sums written: 2 cycles. `read_i` to `sums_o`: 1 cycle.
/// Throughput  A beat (of C columns) a cycle.
/// Paths       `req_i` to `grant_o`.
/// Requires    A row's next beat comes 2 cycles after its last at the earliest. `read_i` never has the bit of
///             `buffer_i` while a beat is merged. `buffer_i` changes only while `busy_o` is low.
/// Model       sim/benches/array/test_merge.py, with hgcn_merge.
module hgcn_merge_part
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_array_pkg::*;
#(
  localparam int unsigned LineAddrBits = $clog2(TileRows / DrainRows)
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic       [RowBitsR-1:0] from_i,    // PE row first in line
  input  logic                      buffer_i,  // That of all requests
  input  logic       [       R-1:0] req_i,
  input  logic       [       R-1:0] fresh_i,
  input  logic       [       R-1:0][LineAddrBits-1:0] line_i,
  input  sums_word_t [       R-1:0] word_i,
  output logic       [       R-1:0] grant_o,   // One-hot or none
  output logic                      busy_o,    // Sums are still to be written

  input  logic       [             1:0] read_i,       // By buffer
  input  logic       [LineAddrBits-1:0] read_line_i,
  output sums_word_t [             1:0] sums_o        // Last ones read
);

  typedef logic [LineAddrBits-1:0] line_addr_t;

  logic take, take_fresh, valid_q, fresh_q;
  line_addr_t take_line, line_q;
  sums_word_t take_word, word_q, old, word;

  assign grant_o = pick(req_i, from_i);
  assign take = grant_o != '0;
  assign busy_o = valid_q;

  always_comb begin
    take_line = '0;
    take_word = '0;
    take_fresh = 1'b0;
    for (int unsigned r = 0; r < R; r++) begin
      if (grant_o[r]) begin
        take_line |= line_i[r];
        take_word |= word_i[r];
        take_fresh |= fresh_i[r];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= take;
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      word_q <= take_word;
      line_q <= take_line;
      fresh_q <= take_fresh;
    end
  end

  assign old = sums_o[buffer_i];

  always_comb begin
    word = word_q;
    if (valid_q && !fresh_q) begin
      for (int unsigned e = 0; e < 4 * C; e++) begin
        word[32*e+:32] = word_q[32*e+:32] + old[32*e+:32];
      end
    end
  end

  for (genvar h = 0; h < 2; h++) begin : gen_buffer
    logic takes;

    assign takes = take && buffer_i == 1'(h);

    hgcn_ram #(
      .Width(C * PlioBits),
      .Depth(TileRows / DrainRows)
    ) u_ram (
      .clk_i,
      .rst_ni,
      .wr_en_i(valid_q && buffer_i == 1'(h)),
      .wr_addr_i(line_q),
      .wr_data_i(word),
      .rd_en_i(takes || read_i[h]),
      .rd_addr_i(takes ? take_line : read_line_i),
      .rd_data_o(sums_o[h])
    );
  end

  `HGCN_ASSUME(OtherBuffer, take |-> !read_i[buffer_i])
  `HGCN_ASSUME(WrittenBefore, take && valid_q |-> take_line != line_q)
  `HGCN_ASSUME(BufferHeld, take |=> $stable(buffer_i))
  `HGCN_ASSERT(OneRow, $onehot0(grant_o))

endmodule

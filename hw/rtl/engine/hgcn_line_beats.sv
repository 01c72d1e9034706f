// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Lines of int8 or int16 rows to the beats they are in memory: several lines to a beat, or several beats of a line.
///
/// Handshake   `line_ready_o` depends on state alone: low while beats of a line remain. Beats valid only, if `room_i`.
/// Latency     0 cycles, a line to its beat; the first of a line that has several, the others one a cycle.
/// Throughput  A line a cycle, or a beat a cycle, whichever is less.
/// Paths       `line_valid_i` and `line_i` to the beat; `room_i` to `beat_valid_o`.
/// Requires    `room_i` whenever a line is taken; `int16_i` constant from `start_i` to `empty_o`; whole beats.
/// Model       NumPy: rows.tobytes().
module hgcn_line_beats
  import hgcn_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  input logic start_i,
  input logic int16_i,

  input  logic                              line_valid_i,
  output logic                              line_ready_o,
  input  logic [DrainRows-1:0][F-1:0][15:0] line_i,

  output logic  beat_valid_o,
  output beat_t beat_o,
  input  logic  room_i,        // For a beat

  output logic empty_o
);

  localparam int unsigned LineBits = DrainRows * RowBits;  // Of int8 rows
  localparam int unsigned WideBits = 2 * LineBits > AxiBits ? 2 * LineBits : AxiBits;
  localparam int unsigned MostLines = AxiBits > LineBits ? AxiBits / LineBits : 1;  // Of a beat
  localparam int unsigned MostRest = WideBits / AxiBits - 1;  // Beats of a line behind its first
  localparam int unsigned CountBits = MostLines > 1 ? $clog2(MostLines) : 1;
  localparam int unsigned RestBits = MostRest > 0 ? $clog2(MostRest + 1) : 1;
  typedef logic [WideBits-1:0] wide_t;
  typedef logic [CountBits-1:0] count_t;
  typedef logic [RestBits-1:0] rest_t;

  logic fire, full, send_rest;
  count_t count_q;  // Lines of the beat being filled
  rest_t rest_q;  // Beats of the line still to send
  wide_t keep_q;  // These beats, the next one lowest; or the beat being filled, its lines highest
  logic [LineBits-1:0] line8;
  wide_t [1:0] now, keep;  // By int16: the beat is the lowest of `now`
  count_t [1:0] last;
  rest_t [1:0] rest;

  for (genvar i = 0; i < DrainRows; i++) begin : gen_row
    for (genvar f = 0; f < F; f++) begin : gen_feature
      assign line8[RowBits*i+8*f+:8] = line_i[i][f][7:0];
    end
  end

  for (genvar w = 0; w < 2; w++) begin : gen_width
    localparam int unsigned Bits = LineBits << w;
    logic [Bits-1:0] line;
    if (w == 0) begin : gen_int8
      assign line = line8;
    end else begin : gen_int16
      assign line = line_i;
    end
    if (Bits < AxiBits) begin : gen_pack
      assign now[w]  = wide_t'({line, keep_q[AxiBits-1:Bits]});
      assign keep[w] = now[w];
      assign last[w] = count_t'(AxiBits / Bits - 1);
      assign rest[w] = '0;
    end else begin : gen_cut
      assign now[w]  = wide_t'(line);
      assign keep[w] = now[w] >> AxiBits;
      assign last[w] = '0;
      assign rest[w] = rest_t'(Bits / AxiBits - 1);
    end
  end

  assign line_ready_o = rest_q == '0;
  assign fire         = line_valid_i && line_ready_o;
  assign full         = fire && count_q == last[int16_i];
  assign send_rest    = rest_q != '0 && room_i;
  assign beat_valid_o = full || send_rest;
  assign beat_o       = rest_q != '0 ? keep_q[AxiBits-1:0] : now[int16_i][AxiBits-1:0];
  assign empty_o      = rest_q == '0 && count_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      rest_q  <= '0;
    end else begin
      if (start_i || full) count_q <= '0;
      else if (fire) count_q <= count_q + 1'b1;
      if (fire) rest_q <= rest[int16_i];
      else if (send_rest) rest_q <= rest_q - 1'b1;
    end
    if (fire) keep_q <= keep[int16_i];
    else if (send_rest) keep_q <= keep_q >> AxiBits;
  end

  `HGCN_ASSUME(RoomForLine, fire |-> room_i)
  `HGCN_ASSUME(WholeBeats, start_i |-> empty_o)

endmodule

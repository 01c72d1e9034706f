// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// The record stream of a DRAIN: column parameters, a beat of them a cycle, then the row records of a line a cycle.
///
/// Column parameters fill whole beats, and lines of records never straddle two: beats wait in a FIFO and are read in
/// place. A column's parameters come out as the requantisers want them, the row records as they are.
///
/// Handshake   `start_i` with its fields begins a command. In ready/valid. Out: `line_valid_o` until `line_take_i`.
/// Latency     1 cycle, beat in to its parameters or lines taken; 2 more until `col_o` and `bias_o` have parameters.
/// Throughput  AxiBytes / 8 column parameters, or DrainRows row records, a cycle.
/// Paths       None.
/// Requires    `start_i` only with nothing left of the command before; the stream is the command's own.
/// Model       sim/benches/engine/test_drain.py, Job.stream.
module hgcn_drain_records
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
#(
  localparam int unsigned LineCountBits = $clog2(TileRows / DrainRows + 1)
) (
  input logic clk_i,
  input logic rst_ni,

  input logic                     start_i,
  input logic [             31:0] beats_i,       // Of the stream
  input logic [LineCountBits-1:0] lines_i,
  input logic [              4:0] bias_shift_i,
  input logic [              5:0] shift_i,

  input  logic  in_valid_i,
  output logic  in_ready_o,
  input  beat_t in_data_i,

  output logic               param_taken_o,  // A beat of column parameters
  output logic [F-1:0][14:0] col_o,          // c
  output logic [F-1:0][62:0] bias_o,         // Shifted, rounding included

  output logic                        line_valid_o,
  output row_record_t [DrainRows-1:0] line_o,
  input  logic                        line_take_i,

  output logic params_done_o,  // All column parameters are taken
  output logic beats_done_o,   // All beats are in
  output logic lines_done_o    // All lines are taken
);

  localparam int unsigned FifoDepth = 2;
  localparam int unsigned P = AxiBytes / ColumnParameterBytes;  // Column parameters of a beat
  localparam int unsigned LineRecordBytes = DrainRows * RowRecordBytes;
  localparam int unsigned Lines = AxiBytes / LineRecordBytes;  // Of a beat
  localparam int unsigned ParamBeats = F / P;
  localparam int unsigned ParamCountBits = $clog2(ParamBeats + 1);
  localparam int unsigned IndexBits = Lines > 1 ? $clog2(Lines) : 1;
  typedef logic [LineCountBits-1:0] line_count_t;
  typedef logic [ParamCountBits-1:0] param_count_t;
  typedef logic [IndexBits-1:0] index_t;

  if (F % P != 0 || AxiBytes % LineRecordBytes != 0) begin : gen_bad_sizes
    $fatal(1, "A beat must divide F column parameters and hold whole lines, got F %0d, DrainRows %0d", F, DrainRows);
  end

  logic [31:0] beats_left_q;
  param_count_t params_left_q;
  line_count_t lines_left_q;
  index_t index_q;  // Line in the oldest beat
  logic in_fire, fifo_ready, beat_valid, pop, padding, line_last;
  logic [$clog2(FifoDepth+1)-1:0] held;
  beat_t beat;

  assign params_done_o = params_left_q == '0;
  assign beats_done_o  = beats_left_q == '0;
  assign lines_done_o  = lines_left_q == '0;
  assign padding       = params_done_o && lines_done_o;  // Beats behind the last line are taken and dropped
  assign in_ready_o    = !beats_done_o && fifo_ready;
  assign in_fire       = in_valid_i && in_ready_o;
  assign param_taken_o = !params_done_o && beat_valid;
  assign line_valid_o  = params_done_o && !lines_done_o && beat_valid;
  assign line_last     = index_q == index_t'(Lines - 1);
  assign pop           = param_taken_o || (line_take_i && line_last) || padding;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beats_left_q  <= '0;
      params_left_q <= '0;
      lines_left_q  <= '0;
      index_q       <= '0;
    end else if (start_i) begin
      beats_left_q  <= beats_i;
      params_left_q <= param_count_t'(ParamBeats);
      lines_left_q  <= lines_i;
    end else begin
      if (in_fire) beats_left_q <= beats_left_q - 1'b1;
      if (param_taken_o) params_left_q <= params_left_q - 1'b1;
      if (line_take_i) begin
        lines_left_q <= lines_left_q - 1'b1;
        index_q      <= line_last ? '0 : index_q + 1'b1;
      end
    end
  end

  hgcn_fifo #(
    .Width(AxiBits),
    .Depth(FifoDepth)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .in_valid_i (in_valid_i && !beats_done_o),
    .in_ready_o (fifo_ready),
    .in_data_i,
    .out_valid_o(beat_valid),
    .out_ready_i(pop),
    .out_data_o (beat),
    .count_o    (held)
  );

  if (Lines > 1) begin : gen_line
    assign line_o = beat[8*LineRecordBytes*index_q+:8*LineRecordBytes];
  end else begin : gen_line_is_beat
    assign line_o = beat;
  end

  // --- Column parameters: shifted in from the top, feature 0 ends lowest

  logic param_q;
  logic [4:0] bias_shift_q;
  logic [62:0] round_q;
  logic [P-1:0][14:0] param_col_q;
  logic [P-1:0][62:0] param_bias_q, param_bias;

  for (genvar p = 0; p < P; p++) begin : gen_param
    column_parameter_t parameter_record;
    assign parameter_record = beat[8*ColumnParameterBytes*p+:8*ColumnParameterBytes];
    assign param_bias[p]    = param_bias_q[p] + round_q;

    always_ff @(posedge clk_i) begin
      if (param_taken_o) begin
        param_col_q[p]  <= parameter_record.multiplier;
        param_bias_q[p] <= 63'(signed'(parameter_record.bias)) << bias_shift_q;
      end
    end

    logic unused_bits;
    assign unused_bits = ^parameter_record.unused_15;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) param_q <= 1'b0;
    else param_q <= param_taken_o;
    if (start_i) begin
      bias_shift_q <= bias_shift_i;
      round_q      <= 63'd1 << (shift_i - 6'd1);
    end
  end

  if (ParamBeats > 1) begin : gen_shift
    always_ff @(posedge clk_i) begin
      if (param_q) begin
        col_o  <= {param_col_q, col_o[F-1:P]};
        bias_o <= {param_bias, bias_o[F-1:P]};
      end
    end
  end else begin : gen_one_beat
    always_ff @(posedge clk_i) begin
      if (param_q) begin
        col_o  <= param_col_q;
        bias_o <= param_bias;
      end
    end
  end

  // Row blocks' records fill whole beats.
  `HGCN_ASSERT(NothingLeft, start_i |-> held == '0 && index_q == '0)
  `HGCN_ASSUME(TakesWhatIsThere, line_take_i |-> line_valid_o)

`ifdef SYNTHESIS
  logic unused_held;
  assign unused_held = ^held;
`endif

endmodule

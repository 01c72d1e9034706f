// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// DRAIN: adds the sums of PL engine and array line by line, requantises, writes rows to a store, to memory, or both.
///
/// A line is DrainRows neighbouring rows of the row tile. `sum_ce_o` advances the whole pipeline, the sums' read ports
/// with it; it is low only while the memory writer is behind.
///
/// Handshake   Command, stream, sums read and store write ports as in hw/README.md; memory out ready/valid.
/// Latency     11 cycles with `sum_ce_o` high, row record to `wr_en_o`.
/// Throughput  One line per cycle, or one beat to memory if that is less, after F * 8 / AxiBytes cycles for the column
///             parameters.
/// Paths       None; `sum_ce_o` depends on state alone.
/// Requires    Whole row blocks, at most a row tile; the position a multiple of B; shift 1 to 62; int16 never tiled
///             and never to a store; enough beats for the records. The stream is the command's own.
/// Model       hgcn.reference.requantise of the sums' int32 sum; layouts of docs/program-format.md.
module hgcn_drain
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
#(
  localparam int unsigned TileLineBits = $clog2(TileRows / DrainRows)
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic       cmd_valid_i,
  output logic       cmd_ready_o,
  input  drain_cmd_t cmd_i,
  output logic       idle_o,
  output logic       busy_o,
  output logic       stalled_o,

  input  logic  in_valid_i,
  output logic  in_ready_o,
  input  beat_t in_data_i,

  output logic                      sum_ce_o,
  output logic                      sum_rd_o,
  output logic                      sum_buffer_o,
  output accumulator_t [   DrainRows-1:0] sum_accumulator_o,
  output logic [TileLineBits-1:0] sum_line_o,
  input  sums_t  [   DrainRows-1:0] pl_sum_data_i,
  input  sums_t  [   DrainRows-1:0] array_sum_data_i,

  output logic               wr_store_o,
  output logic       [B-1:0] wr_en_o,
  output bank_addr_t [B-1:0] wr_addr_o,
  output row_t       [B-1:0] wr_data_o,

  output logic  mem_valid_o,
  input  logic  mem_ready_i,
  output beat_t mem_data_o
);

  localparam int unsigned BankBits = $clog2(B);
  localparam int unsigned LineCountBits = $clog2(TileRows / DrainRows + 1);
  typedef logic [LineCountBits-1:0] line_count_t;

  logic active_q, cmd_fire, done, ce;
  logic relu_q, int16_q, buffer_q, store_q, write_store_q, write_mem_q, tiled_q;
  logic [5:0] shift_q;
  line_count_t lines, leaving_q;  // Of the command; to leave the pipeline

  logic
    param_taken, line_valid, take_line, line_leaves, params_done, beats_done, lines_done, writer_empty, writer_ready;
  row_record_t [DrainRows-1:0] records;
  logic [F-1:0][14:0] col;
  logic [F-1:0][62:0] bias;

  // --- Command

  assign cmd_ready_o = !active_q;
  assign idle_o      = !active_q;
  assign cmd_fire    = cmd_valid_i && cmd_ready_o;
  assign lines       = line_count_t'(cmd_i.rows / DrainRows);
  assign done        = params_done && leaving_q == '0 && beats_done && writer_empty;
  assign busy_o      = param_taken || take_line || line_leaves || (mem_valid_o && mem_ready_i);
  assign stalled_o   = active_q && !busy_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q  <= 1'b0;
      leaving_q <= '0;
    end else if (cmd_fire) begin
      active_q  <= 1'b1;
      leaving_q <= lines;
    end else if (active_q) begin
      if (line_leaves) leaving_q <= leaving_q - 1'b1;
      if (done) active_q <= 1'b0;
    end
    if (cmd_fire) begin
      relu_q        <= cmd_i.relu;
      int16_q       <= cmd_i.int16;
      buffer_q        <= cmd_i.buffer;
      store_q       <= cmd_i.store;
      write_store_q <= cmd_i.write_store;
      write_mem_q   <= cmd_i.write_memory;
      tiled_q       <= cmd_i.tiled;
      shift_q       <= cmd_i.shift;
    end
  end

  hgcn_drain_records u_records (
    .clk_i,
    .rst_ni,
    .start_i      (cmd_fire),
    .beats_i      (cmd_i.records_beats),
    .lines_i      (lines),
    .bias_shift_i (cmd_i.bias_shift),
    .shift_i      (cmd_i.shift),
    .in_valid_i,
    .in_ready_o,
    .in_data_i,
    .param_taken_o(param_taken),
    .col_o        (col),
    .bias_o       (bias),
    .line_valid_o (line_valid),
    .line_o       (records),
    .line_take_i  (take_line),
    .params_done_o(params_done),
    .beats_done_o (beats_done),
    .lines_done_o (lines_done)
  );

  // --- Lines: records, request, two cycles for the sums, their sum, requantised

  logic read_q, fetch_q, arrive_q, sums_valid_q;
  logic [TileLineBits-1:0] line_q;
  logic [DrainRows-1:0] row_valid;
  logic [DrainRows-1:0][F-1:0][15:0] rows;

  assign ce         = writer_ready;
  assign take_line  = ce && line_valid;
  assign sum_ce_o   = ce;
  assign sum_rd_o   = read_q;
  assign sum_buffer_o = buffer_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q       <= 1'b0;
      fetch_q      <= 1'b0;
      arrive_q     <= 1'b0;
      sums_valid_q <= 1'b0;
    end else if (ce) begin
      read_q       <= take_line;
      fetch_q      <= read_q;
      arrive_q     <= fetch_q;
      sums_valid_q <= arrive_q;
    end
    if (cmd_fire) line_q <= '0;
    else if (take_line) line_q <= line_q + 1'b1;
    if (take_line) sum_line_o <= line_q;
  end

  for (genvar i = 0; i < DrainRows; i++) begin : gen_row
    logic [15:0] read_scale_q, fetch_scale_q, arrive_scale_q, scale_q;
    sums_t sums_q;

    always_ff @(posedge clk_i) begin
      if (take_line) begin
        read_scale_q   <= records[i].multiplier;
        sum_accumulator_o[i] <= records[i].accumulator;
      end
      if (ce && read_q) fetch_scale_q <= read_scale_q;
      if (ce && fetch_q) arrive_scale_q <= fetch_scale_q;
      if (ce && arrive_q) scale_q <= arrive_scale_q;
    end

    for (genvar f = 0; f < F; f++) begin : gen_feature
      always_ff @(posedge clk_i) begin
        if (ce && arrive_q) sums_q[32*f+:32] <= pl_sum_data_i[i][32*f+:32] + array_sum_data_i[i][32*f+:32];
      end
    end

    hgcn_requantise u_requantise (
      .clk_i,
      .rst_ni,
      .ce_i   (ce),
      .col_i  (col),
      .bias_i (bias),
      .shift_i(shift_q),
      .relu_i (relu_q),
      .int16_i(int16_q),
      .valid_i(sums_valid_q),
      .sums_i (sums_q),
      .row_i  (scale_q),
      .valid_o(row_valid[i]),
      .row_o  (rows[i])
    );

    `HGCN_ASSUME_STREAM(AccumulatorIs15Bits, take_line |-> !records[i].unused_31)
  end

  assign line_leaves = row_valid[0] && ce;

  // --- To the store: a line lies in neighbouring banks, at one address

  logic write_q;
  pos_t position_q, write_position_q;
  row_t [DrainRows-1:0] write_rows_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) write_q <= 1'b0;
    else write_q <= line_leaves && write_store_q;
    if (cmd_fire) position_q <= cmd_i.position;
    else if (line_leaves) position_q <= position_q + PosBits'(DrainRows);
    if (line_leaves && write_store_q) write_position_q <= position_q;
  end

  for (genvar i = 0; i < DrainRows; i++) begin : gen_write_row
    for (genvar f = 0; f < F; f++) begin : gen_feature
      always_ff @(posedge clk_i) begin
        if (line_leaves && write_store_q) write_rows_q[i][8*f+:8] <= rows[i][f][7:0];
      end
    end
  end

  assign wr_store_o = store_q;
  for (genvar b = 0; b < B; b++) begin : gen_bank
    assign wr_en_o[b]   = write_q && 32'(write_position_q[BankBits-1:0]) / DrainRows == b / DrainRows;
    assign wr_addr_o[b] = write_position_q[PosBits-1:BankBits];
    assign wr_data_o[b] = write_rows_q[b%DrainRows];
  end

  // --- To memory

  hgcn_row_writer u_writer (
    .clk_i,
    .rst_ni,
    .start_i     (cmd_fire),
    .int16_i     (int16_q),
    .tiled_i     (tiled_q),
    .line_valid_i(row_valid[0] && write_mem_q),
    .line_ready_o(writer_ready),
    .line_i      (rows),
    .mem_valid_o,
    .mem_ready_i,
    .mem_data_o,
    .empty_o     (writer_empty)
  );

  `HGCN_ASSERT(WholeRowsLeft, active_q && done |-> lines_done && row_valid == '0 && !read_q && !sums_valid_q)
  `HGCN_ASSERT(RowsSideBySide, row_valid == '0 || row_valid == '1)
  `HGCN_ASSUME(RowsInTile, cmd_fire |-> cmd_i.rows <= TileRows && cmd_i.rows % T == '0)
  `HGCN_ASSUME(RowsInStore, cmd_fire && cmd_i.write_store |-> 32'(cmd_i.position) + cmd_i.rows <= StoreRows)
  `HGCN_ASSUME(PositionOnBankZero, cmd_fire && cmd_i.write_store |-> cmd_i.position[BankBits-1:0] == '0)
  `HGCN_ASSUME(Int16OnlyRowsInMemory, cmd_fire && cmd_i.int16 |-> !cmd_i.tiled && !cmd_i.write_store)
  `HGCN_ASSUME(ShiftInRange, cmd_fire |-> cmd_i.shift >= 6'd1 && cmd_i.shift <= 6'd62 && cmd_i.bias_shift <= 5'd30)
  `HGCN_ASSUME(BeatsHoldRecords, cmd_fire |->
      64'(cmd_i.records_beats) * AxiBytes >= 64'(F * ColumnParameterBytes) + 64'(cmd_i.rows) * RowRecordBytes)
  `HGCN_ASSUME(InHeld, in_valid_i && !in_ready_o |=> in_valid_i && $stable(in_data_i))

endmodule

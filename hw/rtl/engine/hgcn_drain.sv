// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// DRAIN: adds the sums of PL engine and array row by row, requantises, writes rows to a store, to memory, or both.
///
/// The record stream has the column parameters first, then a record per row. `sum_ce_o` advances the whole pipeline,
/// the sums' read ports with it; it is low only while the memory writer is behind.
///
/// Handshake   Command, stream, sums read and store write ports as in hw/README.md; memory out ready/valid.
/// Latency     11 cycles with `sum_ce_o` high, row record to `wr_en_o`.
/// Throughput  One row per cycle, after F cycles for the column parameters; one every 2 cycles if a row has two beats.
/// Paths       None; `sum_ce_o` depends on state alone.
/// Requires    Whole row blocks, at most a row tile; the position a multiple of B; shift 1 to 62; int16 never tiled
///             and never to a store; enough beats for the records. The stream is the command's own.
/// Model       hgcn.reference.requantise of the sums' int32 sum; layouts of docs/program-format.md.
module hgcn_drain
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
#(
  localparam int unsigned TileRowBits = $clog2(TileRows)
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

  output logic                     sum_ce_o,
  output logic                     sum_rd_o,
  output logic                     sum_buffer_o,
  output accumulator_t                   sum_accumulator_o,
  output logic [TileRowBits-1:0] sum_row_o,
  input  sums_t                    pl_sum_data_i,
  input  sums_t                    array_sum_data_i,

  output logic               wr_store_o,
  output logic       [B-1:0] wr_en_o,
  output bank_addr_t [B-1:0] wr_addr_o,
  output row_t       [B-1:0] wr_data_o,

  output logic  mem_valid_o,
  input  logic  mem_ready_i,
  output beat_t mem_data_o
);

  localparam int unsigned BankBits = $clog2(B);
  localparam int unsigned RowCountBits = $clog2(TileRows + 1);
  localparam int unsigned ParamCountBits = $clog2(F + 1);
  typedef logic [RowCountBits-1:0] row_count_t;
  typedef logic [ParamCountBits-1:0] param_count_t;
  typedef logic [TileRowBits-1:0] tile_row_t;
  typedef logic [$clog2(ColumnParameterBytes+1)-1:0] take_t;

  logic active_q, cmd_fire, done, ce;
  logic relu_q, int16_q, buffer_q, store_q, write_store_q, write_mem_q, tiled_q;
  logic [5:0] shift_q;
  logic [4:0] bias_shift_q;
  logic [62:0] round_q;
  logic [31:0] beats_left_q;
  row_count_t rows_left_q, leaving_q;  // Rows to read, and rows to leave the pipeline
  param_count_t params_left_q;

  logic in_fire, padding, gearbox_ready, take_param, take_row, row_leaves, writer_empty, writer_ready;
  logic [8*ColumnParameterBytes-1:0] record;
  column_parameter_t parameter_record;
  row_record_t row_record;
  logic [$clog2(AxiBytes+2*ColumnParameterBytes+1)-1:0] held;

  // --- Command

  assign cmd_ready_o = !active_q;
  assign idle_o      = !active_q;
  assign cmd_fire    = cmd_valid_i && cmd_ready_o;
  assign done        = params_left_q == '0 && leaving_q == '0 && beats_left_q == '0 && writer_empty;
  assign busy_o      = take_param || take_row || row_leaves || (mem_valid_o && mem_ready_i);
  assign stalled_o   = active_q && !busy_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q      <= 1'b0;
      beats_left_q  <= '0;
      params_left_q <= '0;
      rows_left_q   <= '0;
      leaving_q     <= '0;
    end else if (cmd_fire) begin
      active_q      <= 1'b1;
      beats_left_q  <= cmd_i.records_beats;
      params_left_q <= param_count_t'(F);
      rows_left_q   <= row_count_t'(cmd_i.rows);
      leaving_q     <= row_count_t'(cmd_i.rows);
    end else if (active_q) begin
      if (in_fire) beats_left_q <= beats_left_q - 1'b1;
      if (take_param) params_left_q <= params_left_q - 1'b1;
      if (take_row) rows_left_q <= rows_left_q - 1'b1;
      if (row_leaves) leaving_q <= leaving_q - 1'b1;
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
      bias_shift_q  <= cmd_i.bias_shift;
      round_q       <= 63'd1 << (cmd_i.shift - 6'd1);
    end
  end

  // --- Records

  assign padding    = params_left_q == '0 && rows_left_q == '0;  // Beats behind the last row are taken and dropped
  assign in_ready_o = beats_left_q != '0 && (padding || gearbox_ready);
  assign in_fire    = in_valid_i && in_ready_o;
  assign take_param = params_left_q != '0 && 32'(held) >= ColumnParameterBytes;
  assign take_row   = ce && params_left_q == '0 && rows_left_q != '0 && 32'(held) >= RowRecordBytes;

  hgcn_gearbox #(
    .InBytes (AxiBytes),
    .OutBytes(ColumnParameterBytes),
    .Granule (RowRecordBytes)
  ) u_gearbox (
    .clk_i,
    .rst_ni,
    .clear_i     (padding),
    .in_valid_i  (in_valid_i && beats_left_q != '0),
    .in_ready_o  (gearbox_ready),
    .in_data_i,
    .out_data_o  (record),
    .out_count_o (held),
    .take_i      (take_param || take_row),
    .take_bytes_i(take_param ? take_t'(ColumnParameterBytes) : take_t'(RowRecordBytes))
  );

  assign parameter_record = record;
  assign row_record       = record[8*RowRecordBytes-1:0];

  logic unused_bits;
  assign unused_bits = ^{parameter_record, row_record};

  // --- Column parameters: shifted in, feature 0 ends lowest

  logic param_q;
  logic [14:0] param_col_q;
  logic [62:0] param_bias_q;
  logic [F-1:0][14:0] col_q;
  logic [F-1:0][62:0] bias_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) param_q <= 1'b0;
    else param_q <= take_param;
    if (take_param) begin
      param_col_q  <= parameter_record.multiplier;
      param_bias_q <= 63'(signed'(parameter_record.bias)) << bias_shift_q;
    end
    if (param_q) begin
      col_q  <= {param_col_q, col_q[F-1:1]};
      bias_q <= {param_bias_q + round_q, bias_q[F-1:1]};
    end
  end

  // --- Rows: record, request, two cycles for the sums, their sum, requantised

  logic read_q, fetch_q, arrive_q, sums_valid_q, row_valid;
  logic [15:0] read_scale_q, fetch_scale_q, arrive_scale_q, scale_q;
  tile_row_t row_q;
  sums_t sums_q;
  logic [F-1:0][15:0] row;

  assign ce          = writer_ready;
  assign sum_ce_o    = ce;
  assign sum_rd_o    = read_q;
  assign sum_buffer_o  = buffer_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q       <= 1'b0;
      fetch_q      <= 1'b0;
      arrive_q     <= 1'b0;
      sums_valid_q <= 1'b0;
    end else if (ce) begin
      read_q       <= take_row;
      fetch_q      <= read_q;
      arrive_q     <= fetch_q;
      sums_valid_q <= arrive_q;
    end
    if (cmd_fire) row_q <= '0;
    else if (take_row) row_q <= row_q + 1'b1;
    if (take_row) begin
      read_scale_q <= row_record.multiplier;
      sum_accumulator_o  <= row_record.accumulator;
      sum_row_o    <= row_q;
    end
    if (ce && read_q) fetch_scale_q <= read_scale_q;
    if (ce && fetch_q) arrive_scale_q <= fetch_scale_q;
    if (ce && arrive_q) scale_q <= arrive_scale_q;
  end

  for (genvar f = 0; f < F; f++) begin : gen_feature
    always_ff @(posedge clk_i) begin
      if (ce && arrive_q) sums_q[32*f+:32] <= pl_sum_data_i[32*f+:32] + array_sum_data_i[32*f+:32];
    end
  end

  hgcn_requantise u_requantise (
    .clk_i,
    .rst_ni,
    .ce_i   (ce),
    .col_i  (col_q),
    .bias_i (bias_q),
    .shift_i(shift_q),
    .relu_i (relu_q),
    .int16_i(int16_q),
    .valid_i(sums_valid_q),
    .sums_i (sums_q),
    .row_i  (scale_q),
    .valid_o(row_valid),
    .row_o  (row)
  );

  assign row_leaves = row_valid && ce;

  // --- To the store

  logic write_q;
  pos_t position_q, write_position_q;
  row_t write_row_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) write_q <= 1'b0;
    else write_q <= row_leaves && write_store_q;
    if (cmd_fire) position_q <= cmd_i.position;
    else if (row_leaves) position_q <= position_q + 1'b1;
    if (row_leaves && write_store_q) write_position_q <= position_q;
  end

  for (genvar f = 0; f < F; f++) begin : gen_write_feature
    always_ff @(posedge clk_i) begin
      if (row_leaves && write_store_q) write_row_q[8*f+:8] <= row[f][7:0];
    end
  end

  assign wr_store_o = store_q;
  for (genvar b = 0; b < B; b++) begin : gen_bank
    assign wr_en_o[b]   = write_q && write_position_q[BankBits-1:0] == BankBits'(b);
    assign wr_addr_o[b] = write_position_q[PosBits-1:BankBits];
    assign wr_data_o[b] = write_row_q;
  end

  // --- To memory

  hgcn_row_writer u_writer (
    .clk_i,
    .rst_ni,
    .start_i    (cmd_fire),
    .int16_i    (int16_q),
    .tiled_i    (tiled_q),
    .row_valid_i(row_valid && write_mem_q),
    .row_ready_o(writer_ready),
    .row_i      (row),
    .mem_valid_o,
    .mem_ready_i,
    .mem_data_o,
    .empty_o    (writer_empty)
  );

  `HGCN_ASSERT(WholeRowsLeft, active_q && done |-> rows_left_q == '0 && !row_valid && !read_q && !sums_valid_q)
  `HGCN_ASSUME(RowsInTile, cmd_fire |-> cmd_i.rows <= TileRows && cmd_i.rows % T == '0)
  `HGCN_ASSUME(RowsInStore, cmd_fire && cmd_i.write_store |-> 32'(cmd_i.position) + cmd_i.rows <= StoreRows)
  `HGCN_ASSUME(PositionOnBankZero, cmd_fire && cmd_i.write_store |-> cmd_i.position[BankBits-1:0] == '0)
  `HGCN_ASSUME(Int16OnlyRowsInMemory, cmd_fire && cmd_i.int16 |-> !cmd_i.tiled && !cmd_i.write_store)
  `HGCN_ASSUME(ShiftInRange, cmd_fire |-> cmd_i.shift >= 6'd1 && cmd_i.shift <= 6'd62 && cmd_i.bias_shift <= 5'd30)
  `HGCN_ASSUME(BeatsHoldRecords, cmd_fire |->
      64'(cmd_i.records_beats) * AxiBytes >= 64'(F * ColumnParameterBytes) + 64'(cmd_i.rows) * RowRecordBytes)
  `HGCN_ASSUME_STREAM(AccumulatorIs15Bits, take_row |-> !row_record.unused_31)
  `HGCN_ASSUME(InHeld, in_valid_i && !in_ready_o |=> in_valid_i && $stable(in_data_i))

endmodule

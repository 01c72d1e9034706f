// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Lays requantised rows out for memory, in beats: rows of int8 or int16, or int8 tiles.
///
/// Tiled, a block of T rows goes through one of two buffers: rows in, then for each group of 8 features T times 8 bytes.
///
/// Handshake   `row_ready_o` depends on state alone; out ready/valid.
/// Latency     1 cycle, last row of a beat to `mem_valid_o`; tiled 3 cycles, last row of a block to its first beat.
/// Throughput  1 row/cycle if the memory takes its bytes; one every 2 cycles if a row has two beats.
/// Paths       None.
/// Requires    `int16_i`, `tiled_i` constant from `start_i` to `empty_o`, never both; whole beats, whole blocks.
/// Model       NumPy: rows.tobytes(), or rows.reshape(-1, T, F // 8, 8).swapaxes(1, 2).tobytes().
module hgcn_row_writer
  import hgcn_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  input logic start_i,
  input logic int16_i,
  input logic tiled_i,

  input  logic               row_valid_i,
  output logic               row_ready_o,
  input  logic [F-1:0][15:0] row_i,

  output logic  mem_valid_o,
  input  logic  mem_ready_i,
  output beat_t mem_data_o,

  output logic empty_o
);

  localparam int unsigned FifoDepth = 8;
  localparam int unsigned FifoCountBits = $clog2(FifoDepth + 1);
  typedef logic [FifoCountBits-1:0] fifo_count_t;

  fifo_count_t held;
  logic push, fire;
  beat_t beat;
  row_t row8;

  for (genvar f = 0; f < F; f++) begin : gen_row8
    assign row8[8*f+:8] = row_i[f][7:0];
  end

  assign fire = row_valid_i && row_ready_o;

  // --- Rows: shifted in from the top until a beat is full

  localparam int unsigned CountBits = RowsPerBeat > 1 ? $clog2(RowsPerBeat) : 1;
  localparam bit TwoBeats = 2 * F > AxiBytes;  // An int16 row
  typedef logic [CountBits-1:0] count_t;

  count_t count_q, last8, last16;
  logic second_q, pack_full;
  beat_t pack_q, packed8, packed16, kept16;

  assign last8  = count_t'(RowsPerBeat - 1);
  assign last16 = TwoBeats ? '0 : count_t'(RowsPerBeat / 2 - 1);

  if (RowsPerBeat > 1) begin : gen_pack8
    assign packed8 = {row8, pack_q[AxiBits-1:RowBits]};
  end else begin : gen_row_is_beat
    assign packed8 = row8;
  end
  if (TwoBeats) begin : gen_halves
    assign packed16 = row_i[F/2-1:0];
    assign kept16   = row_i[F-1:F/2];
  end else if (RowsPerBeat > 2) begin : gen_pack16
    assign packed16 = {row_i, pack_q[AxiBits-1:2*RowBits]};
    assign kept16   = packed16;
  end else begin : gen_row16_is_beat
    assign packed16 = row_i;
    assign kept16   = packed16;
  end

  assign pack_full = fire && !tiled_i && count_q == (int16_i ? last16 : last8);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q  <= '0;
      second_q <= 1'b0;
    end else begin
      second_q <= TwoBeats && int16_i && fire;
      if (start_i || pack_full) count_q <= '0;
      else if (fire && !tiled_i) count_q <= count_q + 1'b1;
    end
    if (fire && !tiled_i) begin
      pack_q <= int16_i ? kept16 : packed8;
    end
  end

  // --- Tiles: rows in Q memories by row mod Q, read Q rows at a time

  localparam int unsigned Q = AxiBytes / 8;  // Rows of 8 bytes in a beat
  localparam int unsigned Steps = T / Q;  // Beats of one group
  localparam int unsigned FGroups = F / 8;
  localparam int unsigned QBits = $clog2(Q);
  localparam int unsigned StepBits = $clog2(Steps) > 0 ? $clog2(Steps) : 1;
  localparam int unsigned GroupBits = FGroups > 1 ? $clog2(FGroups) : 1;
  localparam int unsigned RowInTileBits = $clog2(T);
  typedef logic [StepBits-1:0] step_t;
  typedef logic [GroupBits-1:0] group_t;
  typedef logic [RowInTileBits-1:0] tile_row_t;

  logic [1:0] full_q;  // Buffer holds a whole block
  logic fill_q, send_q;  // Buffer being filled, being sent
  tile_row_t tile_row_q;
  step_t step_q;
  group_t group_q, read_group_q;
  logic tile_write, block_full, tile_read, block_sent, read_q;
  row_t tile_data[Q];
  beat_t tile_beat;

  assign tile_write = fire && tiled_i;
  assign block_full = tile_write && tile_row_q == tile_row_t'(T - 1);
  // Two places: one for the beat read in the last cycle.
  assign tile_read  = full_q[send_q] && held <= fifo_count_t'(FifoDepth - 2);
  assign block_sent = tile_read && step_q == step_t'(Steps - 1) && group_q == group_t'(FGroups - 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q     <= '0;
      fill_q     <= 1'b0;
      send_q     <= 1'b0;
      read_q     <= 1'b0;
      tile_row_q <= '0;
      step_q     <= '0;
      group_q    <= '0;
    end else begin
      read_q <= tile_read;
      if (tile_write) tile_row_q <= block_full ? '0 : tile_row_q + 1'b1;
      if (block_full) begin
        full_q[fill_q] <= 1'b1;
        fill_q         <= !fill_q;
      end
      if (tile_read) begin
        step_q <= step_q == step_t'(Steps - 1) ? '0 : step_q + 1'b1;
        if (step_q == step_t'(Steps - 1)) group_q <= block_sent ? '0 : group_q + 1'b1;
      end
      if (block_sent) begin
        full_q[send_q] <= 1'b0;
        send_q         <= !send_q;
      end
    end
    if (tile_read) read_group_q <= group_q;
  end

  for (genvar q = 0; q < Q; q++) begin : gen_tile
    logic [$clog2(2*Steps)-1:0] fill_addr, send_addr;
    assign fill_addr = ($bits(fill_addr))'({fill_q, tile_row_q} >> QBits);
    assign send_addr = ($bits(send_addr))'(Steps > 1 ? {send_q, step_q} : {1'b0, send_q});
    hgcn_ram #(
      .Width(RowBits),
      .Depth(2 * Steps)
    ) u_rows (
      .clk_i,
      .rst_ni,
      .wr_en_i  (tile_write && tile_row_q[QBits-1:0] == QBits'(q)),
      .wr_addr_i(fill_addr),
      .wr_data_i(row8),
      .rd_en_i  (tile_read),
      .rd_addr_i(send_addr),
      .rd_data_o(tile_data[q])
    );
    assign tile_beat[64*q+:64] = tile_data[q][64*read_group_q+:64];
  end

  // --- Out

  // A row may need two places at once. Tiled, that rule keeps rows from overtaking the buffer being sent: in every
  // cycle that takes a row a beat is read too, and a block has at most as many beats as rows. BlocksApart checks it.
  assign row_ready_o = !second_q && held <= fifo_count_t'(FifoDepth - 2);
  assign push        = pack_full || second_q || read_q;
  assign beat        = read_q ? tile_beat : second_q ? pack_q : int16_i ? packed16 : packed8;
  assign empty_o     = held == '0 && !second_q && !read_q && full_q == '0;

  logic fifo_ready;

  hgcn_fifo #(
    .Width(AxiBits),
    .Depth(FifoDepth)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .in_valid_i (push),
    .in_ready_o (fifo_ready),
    .in_data_i  (beat),
    .out_valid_o(mem_valid_o),
    .out_ready_i(mem_ready_i),
    .out_data_o (mem_data_o),
    .count_o    (held)
  );

  `HGCN_ASSERT(NoBeatLost, push |-> fifo_ready)
  `HGCN_ASSERT(BlocksApart, tile_write |-> !full_q[fill_q])
  `HGCN_ASSUME(TilesAreInt8, !(int16_i && tiled_i && row_valid_i))
  `HGCN_ASSUME(WholeBeats, start_i |-> count_q == '0 && tile_row_q == '0 && empty_o)

`ifdef SYNTHESIS
  logic unused_fifo_ready;
  assign unused_fifo_ready = fifo_ready;
`endif

endmodule

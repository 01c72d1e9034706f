// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Lays lines of requantised rows out for memory, in beats: rows of int8 or int16, or int8 tiles.
///
/// Handshake   `line_ready_o` depends on state alone; out ready/valid.
/// Latency     1 cycle, last row of a beat to `mem_valid_o`; tiled 3 cycles, last row of a block to its first beat.
/// Throughput  1 line/cycle, or 1 beat/cycle where that is less, if the memory takes its bytes.
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

  input  logic                              line_valid_i,
  output logic                              line_ready_o,
  input  logic [DrainRows-1:0][F-1:0][15:0] line_i,

  output logic  mem_valid_o,
  input  logic  mem_ready_i,
  output beat_t mem_data_o,

  output logic empty_o
);

  localparam int unsigned FifoDepth = 8;
  typedef logic [$clog2(FifoDepth+1)-1:0] count_t;

  count_t held;
  logic fire, room_for_two, fifo_ready;
  logic rows_ready, rows_valid, rows_empty, tiles_ready, tiles_valid, tiles_empty;
  beat_t rows_beat, tiles_beat;
  row_t [DrainRows-1:0] line8;

  for (genvar i = 0; i < DrainRows; i++) begin : gen_row
    for (genvar f = 0; f < F; f++) begin : gen_feature
      assign line8[i][8*f+:8] = line_i[i][f][7:0];
    end
  end

  // A tile's beat comes a cycle after it is asked for, when another may be asked for already.
  assign room_for_two = held <= count_t'(FifoDepth - 2);
  assign line_ready_o = room_for_two && rows_ready && (!tiled_i || tiles_ready);
  assign fire         = line_valid_i && line_ready_o;
  assign empty_o      = held == '0 && rows_empty && tiles_empty;

  hgcn_line_beats u_rows (
    .clk_i,
    .rst_ni,
    .start_i,
    .int16_i,
    .line_valid_i(fire && !tiled_i),
    .line_ready_o(rows_ready),
    .line_i,
    .beat_valid_o(rows_valid),
    .beat_o      (rows_beat),
    .room_i      (fifo_ready),
    .empty_o     (rows_empty)
  );

  hgcn_tile_beats u_tiles (
    .clk_i,
    .rst_ni,
    .line_valid_i(fire && tiled_i),
    .line_ready_o(tiles_ready),
    .line_i      (line8),
    .beat_valid_o(tiles_valid),
    .beat_o      (tiles_beat),
    .room_i      (room_for_two),
    .empty_o     (tiles_empty)
  );

  hgcn_fifo #(
    .Width(AxiBits),
    .Depth(FifoDepth)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .in_valid_i (rows_valid || tiles_valid),
    .in_ready_o (fifo_ready),
    .in_data_i  (tiles_valid ? tiles_beat : rows_beat),
    .out_valid_o(mem_valid_o),
    .out_ready_i(mem_ready_i),
    .out_data_o (mem_data_o),
    .count_o    (held)
  );

  `HGCN_ASSERT(NoBeatLost, rows_valid || tiles_valid |-> fifo_ready)
  `HGCN_ASSUME(TilesAreInt8, !(int16_i && tiled_i && line_valid_i))
  `HGCN_ASSUME(WholeBeats, start_i |-> empty_o)

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Row blocks to the beats of tiles: for each group of 8 features T times 8 bytes.
///
/// A block goes through one of two buffers: lines in, then beats out. Rows lie in memories by row mod M, so that a line
/// is written and the rows of a beat are read in one cycle.
///
/// Handshake   `line_ready_o` depends on state alone: low while both buffers are full. Beats valid only, read while
///             `room_i`: at most one beat comes after it has fallen.
/// Latency     2 cycles, last line of a block to its first beat.
/// Throughput  A line a cycle, as far as a beat a cycle lets them.
/// Paths       None.
/// Requires    Whole blocks.
/// Model       NumPy: rows.reshape(-1, T, F // 8, 8).swapaxes(1, 2).tobytes().
module hgcn_tile_beats
  import hgcn_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  input  logic                 line_valid_i,
  output logic                 line_ready_o,
  input  row_t [DrainRows-1:0] line_i,

  output logic  beat_valid_o,
  output beat_t beat_o,
  input  logic  room_i,        // For this cycle's beat and for another

  output logic empty_o
);

  localparam int unsigned Q = AxiBytes / 8;  // Rows of 8 bytes in a beat
  localparam int unsigned M = Q > DrainRows ? Q : DrainRows;  // Memories
  localparam int unsigned Depth = 2 * T / M;
  localparam int unsigned FGroups = F / 8;
  localparam int unsigned RowIndexBits = $clog2(T);
  localparam int unsigned GroupBits = FGroups > 1 ? $clog2(FGroups) : 1;
  typedef logic [RowIndexBits-1:0] row_index_t;
  typedef logic [GroupBits-1:0] group_t;
  typedef logic [$clog2(Depth)-1:0] addr_t;

  logic [1:0] full_q;  // Buffer holds a whole block
  logic fill_q, send_q;  // Buffer being filled, being sent
  row_index_t fill_row_q, send_row_q, read_row_q;  // First row of the line, of the beat, of the beat just read
  group_t group_q, read_group_q;
  logic fire, block_full, tile_read, group_sent, block_sent, read_q;
  addr_t fill_addr, send_addr;
  row_t tile_data[M];

  assign line_ready_o = !full_q[fill_q];
  assign fire         = line_valid_i && line_ready_o;
  assign block_full   = fire && fill_row_q == row_index_t'(T - DrainRows);
  assign tile_read    = full_q[send_q] && room_i;
  assign group_sent   = tile_read && send_row_q == row_index_t'(T - Q);
  assign block_sent   = group_sent && group_q == group_t'(FGroups - 1);
  assign beat_valid_o = read_q;
  assign empty_o      = full_q == '0 && !read_q && fill_row_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q     <= '0;
      fill_q     <= 1'b0;
      send_q     <= 1'b0;
      read_q     <= 1'b0;
      fill_row_q <= '0;
      send_row_q <= '0;
      group_q    <= '0;
    end else begin
      read_q <= tile_read;
      if (fire) fill_row_q <= block_full ? '0 : fill_row_q + row_index_t'(DrainRows);
      if (block_full) begin
        full_q[fill_q] <= 1'b1;
        fill_q         <= !fill_q;
      end
      if (tile_read) send_row_q <= group_sent ? '0 : send_row_q + row_index_t'(Q);
      if (group_sent) group_q <= block_sent ? '0 : group_q + 1'b1;
      if (block_sent) begin
        full_q[send_q] <= 1'b0;
        send_q         <= !send_q;
      end
    end
    if (tile_read) begin
      read_group_q <= group_q;
      read_row_q   <= send_row_q;
    end
  end

  assign fill_addr = addr_t'(32'({fill_q, fill_row_q}) / M);
  assign send_addr = addr_t'(32'({send_q, send_row_q}) / M);

  for (genvar m = 0; m < M; m++) begin : gen_memory
    hgcn_ram #(
      .Width(RowBits),
      .Depth(Depth)
    ) u_rows (
      .clk_i,
      .rst_ni,
      .wr_en_i  (fire && 32'(fill_row_q) % M / DrainRows == m / DrainRows),
      .wr_addr_i(fill_addr),
      .wr_data_i(line_i[m%DrainRows]),
      .rd_en_i  (tile_read),
      .rd_addr_i(send_addr),
      .rd_data_o(tile_data[m])
    );
  end

  for (genvar q = 0; q < Q; q++) begin : gen_row
    row_t row;
    assign row                = tile_data[32'(read_row_q)%M+q];
    assign beat_o[64*q+:64] = row[64*read_group_q+:64];
  end

  `HGCN_ASSERT(FullInTurn, block_full |-> !full_q[fill_q])

endmodule

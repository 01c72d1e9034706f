// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// One client of hgcn_axi_read: cuts streams into bursts, reserves FIFO room for them and hands the beats on.
///
/// Handshake   ready/valid (hw/README.md) on `cmd`, `burst` and `out`; `in` never waits, its room is reserved.
/// Latency     3 cycles, command to `burst_valid_o`; 2 cycles, `in_valid_i` to `out_valid_o`.
/// Throughput  1 beat/cycle; a burst every second cycle.
/// Paths       `burst_ready_i` to none; `in_*` outputs come from registers.
/// Requires    `cmd_lines_i` at least 1. Beats arrive in burst order.
/// Model       sim/benches/memory/test_axi_read.py: every stream's bytes in command order.
module hgcn_stream_reader
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
#(
  parameter int unsigned FifoBeats = 512,  // At least two bursts, power of two
  parameter int unsigned Commands  = 4     // Streams queued, power of two
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous; forgets all streams and beats

  input  logic        cmd_valid_i,
  output logic        cmd_ready_o,
  input  line_t cmd_line_i,   // Byte address / 64
  input  logic [31:0] cmd_lines_i,
  input  logic [31:0] cmd_s1_i,
  input  logic [31:0] cmd_s2_i,
  input  logic [23:0] cmd_tag_i,    // Index of the command, for the error register

  output logic        burst_valid_o,
  input  logic        burst_ready_i,
  output line_t burst_line_o,
  output logic [ 4:0] burst_lines_o,  // 1 to 16; a burst stays within 1 KiB, hence within 4 KiB

  input  logic        in_valid_i,
  input  beat_t       in_data_i,
  output logic        in_last_o,   // The beat accepted now ends its stream
  output logic [31:0] in_s1_o,     // Its stream's checksum pair
  output logic [31:0] in_s2_o,
  output logic [23:0] in_tag_o,

  output logic  out_valid_o,
  input  logic  out_ready_i,
  output beat_t out_data_o,

  output logic idle_o  // No stream has beats to come
);

  localparam int unsigned CountBits = $clog2(FifoBeats) + 1;
  localparam int unsigned IndexBits = $clog2(Commands);
  localparam int unsigned BurstLines = 16;

  if (FifoBeats < 2 * BurstLines * BeatsPerLine) begin : gen_bad_fifo
    $fatal(1, "FifoBeats must hold two bursts of %0d beats, got %0d", BurstLines * BeatsPerLine, FifoBeats);
  end

  typedef logic [IndexBits:0] pointer_t;
  typedef logic [CountBits-1:0] count_t;
  typedef struct packed {
    logic [31:0] s1;
    logic [31:0] s2;
    logic [23:0] tag;
  } check_t;

  line_t queue_line_q[Commands];
  logic [31:0] queue_lines_q[Commands];
  check_t queue_check_q[Commands], check;
  pointer_t write_q, issue_q, data_q;  // Accepted; taken for issue; all beats arrived
  logic cmd_fire;

  assign cmd_ready_o = write_q != {~data_q[IndexBits], data_q[IndexBits-1:0]};
  assign cmd_fire    = cmd_valid_i && cmd_ready_o;
  assign check       = queue_check_q[data_q[IndexBits-1:0]];
  assign idle_o      = write_q == data_q;

  always_ff @(posedge clk_i) begin
    if (cmd_fire) begin
      queue_line_q[write_q[IndexBits-1:0]]  <= cmd_line_i;
      queue_lines_q[write_q[IndexBits-1:0]] <= cmd_lines_i;
      queue_check_q[write_q[IndexBits-1:0]] <= '{s1: cmd_s1_i, s2: cmd_s2_i, tag: cmd_tag_i};
    end
  end

  // Bursts: room is reserved before a burst is offered, and given back when a beat leaves the FIFO's RAM.
  line_t line_q, burst_line_q;
  logic [31:0] left_q;
  logic [4:0] to_boundary, chunk, burst_lines_q;
  count_t reserved_q, chunk_beats;
  logic load, prepare, burst_valid_q, room, freed;

  assign to_boundary   = 5'd16 - {1'b0, line_q[3:0]};
  assign chunk         = left_q < 32'(to_boundary) ? left_q[4:0] : to_boundary;
  assign chunk_beats   = count_t'(chunk) << BeatShift;
  assign room          = reserved_q <= count_t'(FifoBeats) - chunk_beats;
  assign load          = left_q == '0 && issue_q != write_q;
  assign prepare       = left_q != '0 && room && !burst_valid_q;
  assign burst_valid_o = burst_valid_q;
  assign burst_line_o  = burst_line_q;
  assign burst_lines_o = burst_lines_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q        <= '0;
      burst_valid_q <= 1'b0;
      reserved_q    <= '0;
    end else begin
      if (load) left_q <= queue_lines_q[issue_q[IndexBits-1:0]];
      else if (prepare) left_q <= left_q - 32'(chunk);
      burst_valid_q <= prepare || (burst_valid_q && !burst_ready_i);
      reserved_q    <= reserved_q + (prepare ? chunk_beats : '0) - count_t'(freed);
    end
    if (load) line_q <= queue_line_q[issue_q[IndexBits-1:0]];
    else if (prepare) line_q <= line_q + line_t'(chunk);
    if (prepare) begin
      burst_line_q  <= line_q;
      burst_lines_q <= chunk;
    end
  end

  // Beats: count to the stream's end.
  localparam int unsigned BeatBits = 32 + BeatShift;
  typedef logic [BeatBits-1:0] beats_t;
  beats_t beat_q;

  assign in_last_o = beat_q == (beats_t'(queue_lines_q[data_q[IndexBits-1:0]]) << BeatShift) - 1'b1;
  assign in_s1_o   = check.s1;
  assign in_s2_o   = check.s2;
  assign in_tag_o  = check.tag;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      issue_q <= '0;
      data_q  <= '0;
      beat_q  <= '0;
    end else begin
      if (cmd_fire) write_q <= write_q + 1'b1;
      if (load) issue_q <= issue_q + 1'b1;
      if (in_valid_i) begin
        beat_q <= in_last_o ? '0 : beat_q + 1'b1;
        if (in_last_o) data_q <= data_q + 1'b1;
      end
    end
  end

  logic fifo_ready;

  hgcn_ram_fifo #(
    .Width(AxiBits),
    .Depth(FifoBeats)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o (fifo_ready),
    .in_data_i,
    .out_valid_o,
    .out_ready_i,
    .out_data_o,
    .freed_o    (freed)
  );

  // The assertions alone look at it: room is reserved.
  logic unused;
  assign unused = fifo_ready;

  `HGCN_ASSERT(RoomIsReserved, in_valid_i |-> fifo_ready)
  `HGCN_ASSERT(BurstHeld, burst_valid_o && !burst_ready_i |=> burst_valid_o && $stable({burst_line_o, burst_lines_o}))
  `HGCN_ASSERT(BurstWithin1KiB, burst_valid_o |-> 32'(burst_line_o[3:0]) + 32'(burst_lines_o) <= 32'd16)
  `HGCN_ASSUME(CommandHasLines, cmd_valid_i |-> cmd_lines_i != '0)
  `HGCN_ASSUME(BeatIsExpected, in_valid_i |-> !idle_o)

endmodule

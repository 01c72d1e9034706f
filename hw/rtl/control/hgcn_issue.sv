// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Starts queued commands in order: waits for the engines of `after` and for the command's own, then offers it to them.
///
/// Handshake   ready/valid (hw/README.md). An SPMM is offered to PL, gather and merge in the same cycle.
/// Latency     3 cycles, command accepted to taken by its engines, when nothing is waited for.
/// Throughput  A command every 4 cycles.
/// Paths       None.
/// Requires    An engine's idle is low from the cycle after it took a command until all effects are done.
/// Model       sim/benches/control/model.py.
module hgcn_issue
  import hgcn_pkg::*;
  import hgcn_control_pkg::*;
#(
  parameter int unsigned Depth = 4  // Commands queued
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous; forgets all commands

  input logic [3:0][57:0] base_i,  // Byte address / 64 of each region

  input  logic     in_valid_i,
  output logic     in_ready_o,
  input  command_t in_command_i,

  output logic       load_valid_o,
  input  logic       load_ready_i,
  output load_cmd_t  load_cmd_o,
  output logic       pl_valid_o,
  input  logic       pl_ready_i,
  output pl_cmd_t    pl_cmd_o,
  output logic       gather_valid_o,
  input  logic       gather_ready_i,
  output logic       merge_valid_o,
  input  logic       merge_ready_i,
  output sta_cmd_t   sta_cmd_o,       // To gather and merge
  output logic       drain_valid_o,
  input  logic       drain_ready_i,
  output drain_cmd_t drain_cmd_o,

  output logic        write_valid_o,
  input  logic        write_ready_i,
  output logic [57:0] write_line_o,
  output logic [31:0] write_lines_o,

  input logic load_idle_i,
  input logic pl_idle_i,
  input logic gather_idle_i,
  input logic merge_idle_i,
  input logic drain_idle_i,
  input logic write_idle_i,
  input logic read_idle_i,

  output logic [ 3:0] idle_o,     // As in `after`: load, PL, STA, drain with its writes
  output logic [23:0] index_o,    // Of the command being issued
  output logic        settled_o,  // Every command queued so far has wholly finished
  output logic        done_o      // Pulse: END
);

  localparam int unsigned BeatShift = $clog2(BeatsPerLine);

  typedef enum logic [1:0] {
    StEmpty,
    StWait,   // For engines
    StOffer   // Until every target has taken the command
  } state_e;

  state_e state_q;
  command_t next, command_q;
  logic next_valid, next_ready;
  opcode_e opcode;
  logic [5:0] targets, offer_q, taken;  // load, PL, gather, merge, drain, write
  logic targets_idle, start, all_idle;
  logic [$clog2(Depth+1)-1:0] queue_count;

  hgcn_fifo #(
    .Width($bits(command_t)),
    .Depth(Depth)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i  (in_command_i),
    .out_valid_o(next_valid),
    .out_ready_i(next_ready),
    .out_data_o (next),
    .count_o    (queue_count)
  );

  assign next_ready = state_q == StEmpty;
  assign opcode     = opcode_e'(command_q.w0[3:0]);
  assign idle_o     = {drain_idle_i && write_idle_i, gather_idle_i && merge_idle_i, pl_idle_i, load_idle_i};
  assign all_idle   = &idle_o;
  assign settled_o  = !next_valid && state_q == StEmpty && all_idle;
  assign index_o    = command_q.index;

  always_comb begin
    targets      = '0;
    targets_idle = 1'b0;
    unique case (opcode)
      OpLoad: {targets, targets_idle} = {6'b000001, load_idle_i};
      OpSpmm: {targets, targets_idle} = {6'b001110, pl_idle_i && gather_idle_i && merge_idle_i};
      OpDrain: {targets, targets_idle} = {command_q.w0[22], 5'b10000, drain_idle_i};
      default: ;
    endcase
  end

  assign start  = state_q == StWait && targets_idle && (command_q.w0[11:8] & ~idle_o) == '0;
  assign done_o = state_q == StWait && opcode == OpEnd && all_idle && read_idle_i;
  assign taken  = {write_ready_i, drain_ready_i, merge_ready_i, gather_ready_i, pl_ready_i, load_ready_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q         <= StEmpty;
      offer_q         <= '0;
      command_q.index <= '0;
    end else begin
      offer_q <= start ? targets : offer_q & ~taken;
      unique case (state_q)
        StEmpty: if (next_valid) state_q <= StWait;
        StWait: begin
          if (start) state_q <= StOffer;
          else if (done_o) state_q <= StEmpty;
        end
        StOffer: if ((offer_q & ~taken) == '0) state_q <= StEmpty;
        default: state_q <= StEmpty;
      endcase
      if (next_valid && next_ready) command_q <= next;
    end
  end

  // Destination line, added while the command waits
  always_ff @(posedge clk_i) begin
    write_line_o <= base_i[command_q.w8[31:30]] + 58'(command_q.w8[29:0]);
  end

  assign {write_valid_o, drain_valid_o, merge_valid_o, gather_valid_o, pl_valid_o, load_valid_o} = offer_q;
  assign write_lines_o = command_q.w9;

  assign load_cmd_o = '{
          store: command_q.w1[0],
          position: pos_t'(command_q.w1[31:8]),
          beats: command_q.lines0 << BeatShift
      };
  assign pl_cmd_o = '{
          store: command_q.w0[20],
          half: command_q.w0[19],
          clear: command_q.w0[17],
          int8: command_q.w0[18],
          base: pos_t'(command_q.w1),
          words: command_q.w2,
          beats: command_q.lines0 << BeatShift
      };
  assign sta_cmd_o = '{
          store: command_q.w0[20],
          half: command_q.w0[19],
          clear: command_q.w0[17],
          base: pos_t'(command_q.w1),
          slices: command_q.w3,
          packets: command_q.w24,
          ctl_beats: command_q.w9 << BeatShift,
          a_beats: command_q.lines2 << BeatShift
      };
  assign drain_cmd_o = '{
          relu: command_q.w0[17],
          int16: command_q.w0[18],
          half: command_q.w0[19],
          store: command_q.w0[20],
          write_store: command_q.w0[21],
          write_mem: command_q.w0[22],
          tiled: command_q.w0[23],
          position: pos_t'(command_q.w1),
          rows: command_q.w2,
          shift: command_q.w3[5:0],
          bias_shift: command_q.w3[12:8],
          beats: command_q.lines0 << BeatShift
      };

  // Fence belongs to the parser; the checker has bounded the rest.
  logic unused;
  assign unused = ^{queue_count, command_q.w0[31:24], command_q.w0[16:12], command_q.w0[7:4]};

  `HGCN_ASSERT(OffersHeld, offer_q != '0 |=> (offer_q | ($past(offer_q) & $past(taken))) == $past(offer_q))
  `HGCN_ASSUME(LoadBusyAfterTaking, load_valid_o && load_ready_i |=> !load_idle_i)
  `HGCN_ASSUME(PlBusyAfterTaking, pl_valid_o && pl_ready_i |=> !pl_idle_i)
  `HGCN_ASSUME(GatherBusyAfterTaking, gather_valid_o && gather_ready_i |=> !gather_idle_i)
  `HGCN_ASSUME(MergeBusyAfterTaking, merge_valid_o && merge_ready_i |=> !merge_idle_i)
  `HGCN_ASSUME(DrainBusyAfterTaking, drain_valid_o && drain_ready_i |=> !drain_idle_i)
  `HGCN_ASSUME(WriteBusyAfterTaking, write_valid_o && write_ready_i |=> !write_idle_i)

endmodule

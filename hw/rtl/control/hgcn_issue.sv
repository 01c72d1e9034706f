// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Starts queued commands in order: waits for those of `wait_mask` and for its own engines, then offers it to them.
///
/// Handshake   ready/valid (hw/README.md). An SPMM is offered to PL, gather and merge in the same cycle.
/// Latency     3 cycles, command accepted to taken by its engines, when nothing is waited for.
/// Throughput  A command every 4 cycles.
/// Paths       None.
/// Requires    An engine's idle is low from the cycle after it took a command until all effects are done.
/// Model       sim/benches/control/model.py.
module hgcn_issue
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_control_pkg::*;
#(
  parameter int unsigned Depth = 4  // Commands queued
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous; forgets all commands

  input line_t [Regions-1:0] base_i,  // Byte address / 64 of each region

  input  logic     in_valid_i,
  output logic     in_ready_o,
  input  queued_t  in_command_i,

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
  output array_cmd_t   array_cmd_o,       // To gather and merge
  output logic       drain_valid_o,
  input  logic       drain_ready_i,
  output drain_cmd_t drain_cmd_o,

  output logic        write_valid_o,
  input  logic        write_ready_i,
  output line_t write_line_o,
  output logic [31:0] write_lines_o,

  input logic load_idle_i,
  input logic pl_idle_i,
  input logic gather_idle_i,
  input logic merge_idle_i,
  input logic drain_idle_i,
  input logic write_idle_i,
  input logic read_idle_i,

  output logic [Engines-1:0] idle_o,     // As in `wait_mask`: load, PL, array, drain with its writes
  output logic [23:0] index_o,    // Of the command being issued
  output logic        settled_o,  // Every command queued so far has wholly finished
  output logic        done_o      // Pulse: END
);

  typedef enum logic [1:0] {
    StEmpty,
    StWait,   // For engines
    StOffer   // Until every target has taken the command
  } state_e;

  state_e state_q;
  queued_t next, queued_q;
  record_t record;
  command_t command;
  drain_t drain;
  logic next_valid, next_ready;
  opcode_e opcode;
  logic [Units-1:0] targets, offer_q, taken;  // load, PL, gather, merge, drain, write
  logic targets_idle, start, all_idle;
  logic [$clog2(Depth+1)-1:0] queue_count;

  hgcn_fifo #(
    .Width($bits(queued_t)),
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
  assign record     = restored(queued_q.words);
  assign command    = record;
  assign drain      = record;
  assign opcode     = opcode_e'(command.opcode);
  assign idle_o     = {drain_idle_i && write_idle_i, gather_idle_i && merge_idle_i, pl_idle_i, load_idle_i};
  assign all_idle   = &idle_o;
  assign settled_o  = !next_valid && state_q == StEmpty && all_idle;
  assign index_o    = queued_q.index;

  always_comb begin
    targets      = units_of(opcode);
    targets_idle = 1'b0;
    unique case (opcode)
      OpLoad: targets_idle = load_idle_i;
      OpSpmm: targets_idle = pl_idle_i && gather_idle_i && merge_idle_i;
      OpDrain: begin
        targets[UnitWrite] = drain.write_memory;
        targets_idle       = drain_idle_i;
      end
      default: ;
    endcase
  end

  assign start  = state_q == StWait && targets_idle && (command.wait_mask & ~idle_o) == '0;
  assign done_o = state_q == StWait && opcode == OpEnd && all_idle && read_idle_i;
  assign taken  = {write_ready_i, drain_ready_i, merge_ready_i, gather_ready_i, pl_ready_i, load_ready_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q         <= StEmpty;
      offer_q         <= '0;
      queued_q.index <= '0;
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
      if (next_valid && next_ready) queued_q <= next;
    end
  end

  // Destination line, added while the command waits
  always_ff @(posedge clk_i) begin
    write_line_o <= base_i[drain.destination.base] + line_t'(drain.destination.offset);
  end

  assign {write_valid_o, drain_valid_o, merge_valid_o, gather_valid_o, pl_valid_o, load_valid_o} = offer_q;
  assign write_lines_o = drain.destination.lines;

  assign load_cmd_o  = tell_load(load_t'(record));
  assign pl_cmd_o    = tell_pl(spmm_t'(record));
  assign array_cmd_o   = tell_array(spmm_t'(record));
  assign drain_cmd_o = tell_drain(drain);

  // Fence belongs to the parser; the checker has bounded the rest.
  logic unused;
  assign unused = ^{queue_count, command, drain};

  `HGCN_ASSERT(OffersHeld, offer_q != '0 |=> (offer_q | ($past(offer_q) & $past(taken))) == $past(offer_q))
  `HGCN_ASSUME(LoadBusyAfterTaking, load_valid_o && load_ready_i |=> !load_idle_i)
  `HGCN_ASSUME(PlBusyAfterTaking, pl_valid_o && pl_ready_i |=> !pl_idle_i)
  `HGCN_ASSUME(GatherBusyAfterTaking, gather_valid_o && gather_ready_i |=> !gather_idle_i)
  `HGCN_ASSUME(MergeBusyAfterTaking, merge_valid_o && merge_ready_i |=> !merge_idle_i)
  `HGCN_ASSUME(DrainBusyAfterTaking, drain_valid_o && drain_ready_i |=> !drain_idle_i)
  `HGCN_ASSUME(WriteBusyAfterTaking, write_valid_o && write_ready_i |=> !write_idle_i)

endmodule

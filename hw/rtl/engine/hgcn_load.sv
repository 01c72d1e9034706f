// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// LOAD: rows from memory into a feature store, a beat per cycle.
///
/// A beat holds RowsPerBeat rows for consecutive positions, which lie in consecutive banks at one address.
///
/// Handshake   Command and stream as in hw/README.md; the store always takes a write.
/// Latency     1 cycle, beat taken to `wr_en_o`; `idle_o` in the cycle after the last write.
/// Throughput  1 beat/cycle.
/// Paths       None.
/// Requires    The position is a multiple of RowsPerBeat; no beat lies beyond the store. The stream is the command's own.
/// Model       store[position:position + rows] = rows.
module hgcn_load
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  input  logic      cmd_valid_i,
  output logic      cmd_ready_o,
  input  load_cmd_t cmd_i,
  output logic      idle_o,
  output logic      busy_o,
  output logic      stalled_o,

  input  logic  in_valid_i,
  output logic  in_ready_o,
  input  beat_t in_data_i,

  output logic               wr_store_o,
  output logic       [B-1:0] wr_en_o,
  output bank_addr_t [B-1:0] wr_addr_o,
  output row_t       [B-1:0] wr_data_o
);

  localparam int unsigned BankBits = $clog2(B);
  localparam int unsigned RowInBeatBits = $clog2(RowsPerBeat);
  localparam int unsigned Groups = B / RowsPerBeat;  // Places of a beat in the banks
  localparam int unsigned GroupBits = BankBits > RowInBeatBits ? BankBits - RowInBeatBits : 1;
  typedef logic [GroupBits-1:0] group_t;

  logic active_q, cmd_fire, in_fire, write_q;
  logic [31:0] beats_left_q;
  group_t group_q, write_group_q;  // Next beat's place, and that of the beat being written
  bank_addr_t addr_q, write_addr_q;
  beat_t data_q;

  assign cmd_ready_o = !active_q;
  assign idle_o      = !active_q;
  assign cmd_fire    = cmd_valid_i && cmd_ready_o;
  assign in_ready_o  = beats_left_q != '0;
  assign in_fire     = in_valid_i && in_ready_o;
  assign busy_o      = in_fire;
  assign stalled_o   = active_q && !in_fire;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      write_q      <= 1'b0;
      beats_left_q <= '0;
    end else begin
      write_q <= in_fire;
      if (cmd_fire) begin
        active_q     <= 1'b1;
        beats_left_q <= cmd_i.stream_beats;
      end else begin
        if (in_fire) beats_left_q <= beats_left_q - 1'b1;
        // The last beat is written in the cycle in which none is left.
        if (beats_left_q == '0) active_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_fire) begin
      wr_store_o <= cmd_i.store;
      group_q    <= group_t'(cmd_i.position[BankBits-1:0] >> RowInBeatBits);
      addr_q     <= cmd_i.position[PosBits-1:BankBits];
    end else if (in_fire) begin
      group_q <= group_q == group_t'(Groups - 1) ? '0 : group_q + 1'b1;
      if (group_q == group_t'(Groups - 1)) addr_q <= addr_q + 1'b1;
    end
    if (in_fire) begin
      data_q        <= in_data_i;
      write_group_q <= group_q;
      write_addr_q  <= addr_q;
    end
  end

  for (genvar b = 0; b < B; b++) begin : gen_bank
    assign wr_en_o[b]   = write_q && write_group_q == group_t'(b / RowsPerBeat);
    assign wr_addr_o[b] = write_addr_q;
    assign wr_data_o[b] = data_q[RowBits*(b%RowsPerBeat)+:RowBits];
  end

  `HGCN_ASSUME(PositionAligned, cmd_fire |-> 32'(cmd_i.position) % RowsPerBeat == 0)
  `HGCN_ASSUME(BeatsInStore, cmd_fire |->
      64'(cmd_i.position) + 64'(cmd_i.stream_beats) * 64'(RowsPerBeat) <= 64'(StoreRows))
  `HGCN_ASSUME(InHeld, in_valid_i && !in_ready_o |=> in_valid_i && $stable(in_data_i))

endmodule

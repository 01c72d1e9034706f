// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// The PL engine: L lanes that each add one weighted row of a feature store to a sum per cycle.
///
/// A schedule bundle has an entry per lane: with its value or, binary, without one (value 1). Its bank is the low bits
/// of the position, its address the high bits plus the tile's base.
///
/// Handshake   Command, stream and sums read port as in hw/README.md. Nothing stalls behind the gearbox: an entry that
///             is not valid, or a cycle without a bundle, is a bubble.
/// Latency     7 cycles, last beat taken to `idle_o`, its sums written.
///             `sum_data_o` two cycles with `sum_ce_i` after `sum_rd_i`.
/// Throughput  One bundle per cycle, if the stream gives a bundle's bytes per cycle; DrainRows sums read per cycle.
/// Paths       None.
/// Requires    Banks of one bundle distinct; base a multiple of B; slots below Slots; positions within the store;
///             enough beats for the bundles; the buffer drained is not the buffer of the command; sums read in one
///             cycle are of distinct lanes. The stream is the command's own.
/// Model       hgcn.reference: sums[buffer, lane, slot] += value * store[base + position], int32.
module hgcn_pl_engine
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  input  logic    cmd_valid_i,
  output logic    cmd_ready_o,
  input  pl_cmd_t cmd_i,
  output logic    idle_o,
  output logic    busy_o,
  output logic    stalled_o,

  input  logic  in_valid_i,
  output logic  in_ready_o,
  input  beat_t in_data_i,

  output logic               rd_store_o,
  output logic       [B-1:0] rd_en_o,
  output bank_addr_t [B-1:0] rd_addr_o,
  input  row_t       [B-1:0] rd_data_i,

  input  logic         sum_ce_i,
  input  logic         sum_rd_i,
  input  logic         sum_buffer_i,
  input  accumulator_t [DrainRows-1:0] sum_accumulator_i,
  output sums_t  [DrainRows-1:0] sum_data_o
);

  localparam int unsigned BankBits = $clog2(B);
  localparam int unsigned SlotBits = $clog2(Slots);
  localparam int unsigned LaneBits = L > 1 ? $clog2(L) : 1;
  localparam int unsigned BundleBytes = EntryBytes * L;  // Of an int8 bundle
  localparam int unsigned TakeBits = $clog2(BundleBytes + 1);
  // Word taken to the cycle before its sums are written: `done` is seen a cycle late.
  localparam int unsigned FlightCycles = 4;

  typedef logic [SlotBits-1:0] slot_t;
  typedef logic [LaneBits-1:0] lane_t;

  typedef struct packed {
    slot_t             slot;
    logic signed [7:0] value;
  } tag_t;

  logic store_q, buffer_q, int8_q;
  pos_t base_q;
  logic active_q, cmd_fire, done;
  logic [31:0] bundles_left_q, beats_left_q;
  logic [FlightCycles-1:0] flight_q;  // A bundle in each stage

  logic in_fire, padding, gearbox_ready, bundle_ready;
  logic [TakeBits-1:0] bundle_bytes;
  logic [8*BundleBytes-1:0] bundle;
  logic [$clog2(AxiBytes+2*BundleBytes+1)-1:0] held;

  // --- Command

  assign cmd_ready_o = !active_q;
  assign idle_o      = !active_q;
  assign cmd_fire    = cmd_valid_i && cmd_ready_o;
  assign rd_store_o  = store_q;
  assign done        = bundles_left_q == '0 && beats_left_q == '0 && flight_q == '0;
  assign busy_o      = bundle_ready;
  assign stalled_o   = active_q && !bundle_ready;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      bundles_left_q <= '0;
      beats_left_q <= '0;
      flight_q     <= '0;
    end else begin
      flight_q <= {flight_q[FlightCycles-2:0], bundle_ready};
      if (cmd_fire) begin
        active_q     <= 1'b1;
        bundles_left_q <= cmd_i.bundles;
        beats_left_q <= cmd_i.pl_beats;
      end else if (active_q) begin
        if (bundle_ready) bundles_left_q <= bundles_left_q - 1'b1;
        if (in_fire) beats_left_q <= beats_left_q - 1'b1;
        if (done) active_q <= 1'b0;
      end
    end
    if (cmd_fire) begin
      store_q <= cmd_i.store;
      buffer_q  <= cmd_i.buffer;
      int8_q  <= cmd_i.pl_int8;
      base_q  <= cmd_i.base;
    end
  end

  // --- Beats to bundles

  assign bundle_bytes = int8_q ? TakeBits'(EntryBytes * L) : TakeBits'(BinaryEntryBytes * L);
  assign bundle_ready = bundles_left_q != '0 && 32'(held) >= 32'(bundle_bytes);
  assign padding    = bundles_left_q == '0;  // Beats behind the last bundle are taken and dropped
  assign in_ready_o = beats_left_q != '0 && (padding || gearbox_ready);
  assign in_fire    = in_valid_i && in_ready_o;

  hgcn_gearbox #(
    .InBytes (AxiBytes),
    .OutBytes(BundleBytes),
    .Granule (L)
  ) u_gearbox (
    .clk_i,
    .rst_ni,
    .clear_i     (padding),
    .in_valid_i  (in_valid_i && beats_left_q != '0),
    .in_ready_o  (gearbox_ready),
    .in_data_i,
    .out_data_o  (bundle),
    .out_count_o (held),
    .take_i      (bundle_ready),
    .take_bytes_i(bundle_bytes)
  );

  // --- Words to entries

  logic [L-1:0] entry_valid_q;
  logic [L-1:0][BankBits-1:0] entry_bank_q;
  bank_addr_t [L-1:0] entry_addr_q;
  tag_t [L-1:0] entry_tag_q;
  pos_t [L-1:0] place;

  for (genvar lane = 0; lane < L; lane++) begin : gen_entry
    localparam int unsigned Bits = 8 * EntryBytes;
    localparam int unsigned BinaryBits = 8 * BinaryEntryBytes;
    entry_t entry;
    assign entry = int8_q ? entry_t'(bundle[Bits*lane+:Bits])
                          : entry_t'({8'd1, bundle[BinaryBits*lane+:BinaryBits]});
    assign place[lane] = base_q + PosBits'(entry.position);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) entry_valid_q[lane] <= 1'b0;
      else entry_valid_q[lane] <= bundle_ready && entry.valid;
      if (bundle_ready) begin
        entry_bank_q[lane] <= place[lane][BankBits-1:0];
        entry_addr_q[lane] <= place[lane][PosBits-1:BankBits];
        entry_tag_q[lane]  <= '{slot: slot_t'(entry.slot), value: entry.value};
      end
    end

    `HGCN_ASSUME_STREAM(PositionInStore, bundle_ready && entry.valid |->
        32'(base_q) + 32'(entry.position) < StoreRows)
    `HGCN_ASSUME_STREAM(SlotInLane, bundle_ready && entry.valid |-> 32'(entry.slot) < Slots)
  end

  // --- Rows to lanes

  logic  [L-1:0] row_valid;
  row_t  [L-1:0] row;
  tag_t  [L-1:0] row_tag;

  hgcn_lane_crossbar #(
    .TagBits($bits(tag_t))
  ) u_crossbar (
    .clk_i,
    .rst_ni,
    .valid_i    (entry_valid_q),
    .bank_i     (entry_bank_q),
    .addr_i     (entry_addr_q),
    .tag_i      (entry_tag_q),
    .rd_en_o,
    .rd_addr_o,
    .rd_data_i,
    .row_valid_o(row_valid),
    .row_o      (row),
    .tag_o      (row_tag)
  );

  logic [1:0] clear;
  lane_t [DrainRows-1:0] sum_lane, sum_lane_q;
  logic [L-1:0] lane_read;
  logic sum_read_q;
  logic lane_touched[L];
  sums_t lane_sums[L];

  assign clear = {2{cmd_fire && cmd_i.clear}} & {cmd_i.buffer, !cmd_i.buffer};

  for (genvar i = 0; i < DrainRows; i++) begin : gen_sum_lane
    assign sum_lane[i] = lane_t'(sum_accumulator_i[i].lane);
  end

  for (genvar lane = 0; lane < L; lane++) begin : gen_lane
    // At most one row of a line is of this lane: its slot is the OR of all that match.
    slot_t sum_slot;
    always_comb begin
      lane_read[lane] = 1'b0;
      sum_slot        = '0;
      for (int unsigned i = 0; i < DrainRows; i++) begin
        if (sum_lane[i] == lane_t'(lane)) begin
          lane_read[lane] = 1'b1;
          sum_slot |= slot_t'(sum_accumulator_i[i].slot);
        end
      end
    end

    hgcn_lane u_lane (
      .clk_i,
      .rst_ni,
      .buffer_i       (buffer_q),
      .clear_i      (clear),
      .valid_i      (row_valid[lane]),
      .slot_i       (row_tag[lane].slot),
      .value_i      (row_tag[lane].value),
      .row_i        (row[lane]),
      .sum_ce_i,
      .sum_rd_i     (sum_rd_i && lane_read[lane]),
      .sum_buffer_i,
      .sum_slot_i   (sum_slot),
      .sum_touched_o(lane_touched[lane]),
      .sum_data_o   (lane_sums[lane])
    );
  end

  // --- Sums to the drain

  always_ff @(posedge clk_i) begin
    if (sum_ce_i) begin
      sum_read_q <= sum_rd_i;
      if (sum_rd_i) sum_lane_q <= sum_lane;
    end
  end

  for (genvar i = 0; i < DrainRows; i++) begin : gen_sum
    always_ff @(posedge clk_i) begin
      if (sum_ce_i && sum_read_q) sum_data_o[i] <= lane_touched[sum_lane_q[i]] ? lane_sums[sum_lane_q[i]] : '0;
    end

    `HGCN_ASSUME_STREAM(DrainedAccumulatorExists, sum_rd_i |->
        32'(sum_accumulator_i[i].lane) < L && 32'(sum_accumulator_i[i].slot) < Slots)
  end

  `HGCN_ASSUME(BaseOnBankZero, cmd_fire |-> cmd_i.base[BankBits-1:0] == '0)
  `HGCN_ASSUME(BeatsHoldBundles, cmd_fire |->
      64'(cmd_i.bundles) * (cmd_i.pl_int8 ? 64'(EntryBytes * L) : 64'(BinaryEntryBytes * L)) <= 64'(cmd_i.pl_beats) * 64'(AxiBytes))
  `HGCN_ASSUME(DrainsOtherBuffer, active_q && sum_rd_i && sum_ce_i |-> sum_buffer_i != buffer_q)
  `HGCN_ASSUME_STREAM(DrainedLanesDistinct, sum_rd_i |-> $countones(lane_read) == DrainRows)

endmodule

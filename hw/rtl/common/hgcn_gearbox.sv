// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Beats in; the consumer takes a number of bytes of its choice each cycle.
///
/// Handshake   ready/valid in. Out: the consumer looks at `out_count_o`, and takes with `take_i`.
/// Latency     1 cycle, beat in to its bytes at `out_data_o`.
/// Throughput  One take of up to OutBytes per cycle, as long as no more bytes are taken than come in.
/// Paths       `clear_i` to `in_ready_o`. None from `take_i`: a beat is let in by what is held, not by what leaves.
/// Requires    `take_i` only with 0 < `take_bytes_i` <= `out_count_o`, OutBytes at most, a multiple of Granule.
/// Model       A bytes object cut at the front.
module hgcn_gearbox #(
  parameter int unsigned InBytes = 16,
  parameter int unsigned OutBytes = 16,  // Most bytes of one take
  parameter int unsigned Granule = 1,  // Every take is a multiple of it; larger shifters are smaller
  // Twice OutBytes left when a beat no longer fits: a full-size take each cycle never waits for the next beat.
  parameter int unsigned HoldBytes = InBytes + 2 * OutBytes,
  localparam int unsigned TakeBits = $clog2(OutBytes + 1),
  localparam int unsigned CountBits = $clog2(HoldBytes + 1)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic clear_i,  // Drops all that is held

  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [8*InBytes-1:0] in_data_i,

  output logic [8*OutBytes-1:0] out_data_o,   // Oldest byte lowest; bytes beyond the count are undefined
  output logic [ CountBits-1:0] out_count_o,  // Bytes held
  input  logic                  take_i,
  input  logic [  TakeBits-1:0] take_bytes_i  // May depend on out_data_o in the same cycle
);

  if (InBytes % Granule != 0 || OutBytes % Granule != 0 || HoldBytes % Granule != 0) begin : gen_bad_granule
    $fatal(1, "Granule must divide InBytes, OutBytes and HoldBytes, got %0d", Granule);
  end
  if (HoldBytes < InBytes + OutBytes) begin : gen_bad_hold
    $fatal(1, "HoldBytes must be >= InBytes + OutBytes, got %0d", HoldBytes);
  end

  // All counts below are in granules.
  localparam int unsigned Hold = HoldBytes / Granule;
  localparam int unsigned In = InBytes / Granule;
  localparam int unsigned GranuleBits = 8 * Granule;
  localparam int unsigned HeldBits = $clog2(Hold + 1);
  typedef logic [HeldBits-1:0] held_t;
  typedef logic [8*HoldBytes-1:0] bytes_t;

  bytes_t data_q, kept;
  held_t held_q, taken, kept_count;
  logic in_fire;

  assign taken       = take_i ? held_t'(32'(take_bytes_i) / Granule) : '0;
  assign kept_count  = held_q - taken;
  assign in_ready_o  = held_q <= held_t'(Hold - In) && !clear_i;
  assign in_fire     = in_valid_i && in_ready_o;
  assign out_data_o  = data_q[8*OutBytes-1:0];
  assign out_count_o = CountBits'(32'(held_q) * Granule);

  assign kept        = data_q >> (32'(taken) * GranuleBits);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      held_q <= '0;
    end else begin
      held_q <= kept_count + (in_fire ? held_t'(In) : '0);
    end
  end

  // Bytes beyond the count are kept zero, so that a new beat is merged in by an OR.
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      data_q <= '0;
    end else if (in_fire) begin
      data_q <= kept | (bytes_t'(in_data_i) << (32'(kept_count) * GranuleBits));
    end else if (take_i) begin
      data_q <= kept;
    end
  end

  `HGCN_ASSUME(InHeld, in_valid_i && !in_ready_o && !clear_i |=> in_valid_i && $stable(in_data_i))
  `HGCN_ASSUME(TakeHeld, take_i |-> 32'(take_bytes_i) <= 32'(out_count_o) && 32'(take_bytes_i) <= OutBytes)
  `HGCN_ASSUME(TakeWhole, take_i |-> take_bytes_i != '0 && 32'(take_bytes_i) % Granule == 0)

endmodule

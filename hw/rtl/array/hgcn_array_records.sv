// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Control records of the tensor array, cut from their stream and held to the packet contract.
///
/// What leaves makes whole packets only: `first` opens, exactly `slices` follow, `last` closes, whatever the stream
/// holds. A record against the contract is reported and left out. After `stop_i` rises, packets under way are ended
/// with slices of zero rows. So no damage and no reset leaves half a packet to the array, which has no reset of its
/// own.
///
/// Handshake   `start_i` pulses while done. Stream and records ready/valid; `rec_valid_o` may fall with `stop_i`.
/// Latency     1 cycle, last beat of a record to `rec_valid_o`.
/// Throughput  A record per cycle, as far as the stream brings them.
/// Paths       `rec_ready_i` to the records' register; none to an output.
/// Requires    `stop_i` stays until `done_o`; it also drops the rest of the stream.
/// Model       sim/benches/array/test_gather.py, _malformed: what is reported.
module hgcn_array_records
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_array_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,
  input logic stop_i,

  input  logic        start_i,
  input  logic [31:0] records_i,
  input  logic [31:0] beats_i,
  output logic        over_o,     // All records parsed: what else comes is padding
  output logic        done_o,
  output logic        bad_o,      // Pulse: a record against the contract

  input  logic  ctl_valid_i,
  output logic  ctl_ready_o,
  input  beat_t ctl_data_i,

  output logic                  rec_valid_o,
  input  logic                  rec_ready_i,
  output slice_t                rec_o,
  output gathered_t [K0-1:0] rec_positions_o,
  output logic      [ R-1:0] begun_o           // Pulse: a packet of the PE row has its first record
);

  localparam int unsigned TakeBits = $clog2(ControlRecordBytes + 1);
  localparam int unsigned CountBits = $clog2(AxiBytes + 2 * ControlRecordBytes + 1);

  logic [31:0] records_q, beats_q;  // Still to come
  logic [8*ControlRecordBytes-1:0] bytes;
  logic [CountBits-1:0] count;
  control_head_t head;
  logic here, room, take, fire, conforms, opens, ends, wide, bad_q;
  logic [TakeBits-1:0] record_bytes;

  // Per PE row: slices its packet still needs (0: none is open), and their kind
  slices_t [R-1:0] left_q;
  logic [R-1:0] wide_q, unfinished, row;
  slices_t left;

  // Stream
  assign over_o      = records_q == '0;
  assign done_o      = over_o && beats_q == '0 && unfinished == '0;
  assign ctl_ready_o = beats_q != '0 && (over_o || room);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || stop_i) begin
      records_q <= '0;
      beats_q   <= '0;
    end else if (start_i) begin
      records_q <= records_i;
      beats_q   <= beats_i;
    end else begin
      if (take) records_q <= records_q - 32'd1;
      if (ctl_valid_i && ctl_ready_o) beats_q <= beats_q - 32'd1;
    end
  end

  hgcn_gearbox #(
    .InBytes (AxiBytes),
    .OutBytes(ControlRecordBytes),
    .Granule (ControlHeadBytes)
  ) u_gearbox (
    .clk_i,
    .rst_ni,
    .clear_i     (over_o || stop_i),
    .in_valid_i  (ctl_valid_i && beats_q != '0),
    .in_ready_o  (room),
    .in_data_i   (ctl_data_i),
    .out_data_o  (bytes),
    .out_count_o (count),
    .take_i      (take),
    .take_bytes_i(record_bytes)
  );

  assign head         = bytes[8*ControlHeadBytes-1:0];
  assign record_bytes = head.dense ? TakeBits'(ControlHeadBytes) : TakeBits'(ControlRecordBytes);
  assign here         = !over_o && !stop_i && count >= CountBits'(record_bytes);
  assign take         = here && (!conforms || rec_ready_i);

  for (genvar k = 0; k < K0; k++) begin : gen_position
    gathered_t listed, run;
    assign listed = bytes[8*ControlHeadBytes+$bits(gathered_t)*k+:$bits(gathered_t)];
    // A base is a multiple of K0.
    assign run = '{padding: 1'b0, position: (15'(head.base) & ~15'(K0 - 1)) | 15'(k)};
    assign rec_positions_o[k] = stop_i ? '{padding: 1'b1, position: '0} : head.dense ? run : listed;
  end

  // The contract
  for (genvar r = 0; r < R; r++) begin : gen_open
    assign unfinished[r] = left_q[r] != '0;
  end

  always_comb begin
    for (int unsigned r = 0; r < R; r++) row[r] = head.pe_row == 8'(r);
    if (stop_i) row = unfinished & (~unfinished + 1'b1);
    left = '0;
    wide = 1'b0;
    for (int unsigned r = 0; r < R; r++) begin
      if (row[r]) begin
        left |= left_q[r];
        wide |= wide_q[r];
      end
    end
    if (left == '0) wide = head.int8;
  end

  assign opens  = left == '0;
  assign ends   = (opens ? head.slices : left) == slices_t'(1);
  assign conforms = row != '0 && head.first == opens && head.last == ends && head.int8 == wide
                  && (!opens || head.slices != '0);

  assign rec_valid_o = stop_i ? unfinished != '0 : here && conforms;
  assign fire        = rec_valid_o && rec_ready_i;
  assign rec_o       = '{
          pe_row: row,
          piece: '{first: opens, last: ends, int8: wide, slices: head.slices, tag: head.tag}
      };
  assign begun_o     = fire && opens ? row : '0;
  assign bad_o       = bad_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q <= '0;
      bad_q  <= 1'b0;
    end else begin
      bad_q <= (here && !conforms) || (over_o && !stop_i && unfinished != '0);
      for (int unsigned r = 0; r < R; r++) begin
        if (fire && row[r]) left_q[r] <= (opens ? head.slices : left) - slices_t'(1);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned r = 0; r < R; r++) begin
      if (fire && row[r]) wide_q[r] <= wide;
    end
  end

  logic unused;
  assign unused = ^head;

  `HGCN_ASSUME(StartWhenDone, start_i |-> done_o)
  `HGCN_ASSUME(CtlHeld, !stop_i && ctl_valid_i && !ctl_ready_o |=> stop_i || (ctl_valid_i && $stable(ctl_data_i)))
  `HGCN_ASSERT(OneRow, rec_valid_o |-> $onehot(row))
  `HGCN_ASSERT(RecordHeld, !stop_i && rec_valid_o && !rec_ready_i |=>
               stop_i || (rec_valid_o && $stable({rec_o, rec_positions_o})))

endmodule

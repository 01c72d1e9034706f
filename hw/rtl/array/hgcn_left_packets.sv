// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Left operand to the packets on PLIO A: slice by slice in record order, whatever the reads of right-operand rows do.
///
///   slices -> order queue -> mover -> a packetiser per PE row
///   stream ----------------> gearbox -^
///
/// Handshake   `start_i` pulses while done. Stream and slices ready/valid; AXI4-Stream out.
/// Latency     4 cycles, last beat of a binary slice to its A beat, in an empty unit.
/// Throughput  A slice per max(AxiBytes, T/16 or T/2 beats on its port).
/// Paths       None.
/// Requires    The stream is at least as long as its slices. While `stop_i` is high it is dropped: slices are zeros.
/// Model       sim/benches/array/plio_model.py, gather.
module hgcn_left_packets
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_array_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,
  input logic stop_i,

  input  logic        start_i,
  input  logic [31:0] beats_i,
  input  logic        over_i,   // No more slices come: the rest of the stream is padding
  output logic        done_o,

  input  logic  a_valid_i,
  output logic  a_ready_o,
  input  beat_t a_data_i,

  input  logic   slice_valid_i,
  output logic   slice_ready_o,
  input  slice_t slice_i,

  output logic  [R-1:0] plio_a_tvalid_o,
  input  logic  [R-1:0] plio_a_tready_i,
  output plio_t [R-1:0] plio_a_tdata_o,
  output logic  [R-1:0] plio_a_tlast_o
);

  localparam int unsigned PieceBytes = AxiBytes > T ? AxiBytes : T;  // Of an int8 slice; a binary one is T
  localparam int unsigned Pieces = K0 * T / PieceBytes;  // Of an int8 slice
  localparam int unsigned PieceBits = $clog2(Pieces);
  localparam int unsigned Depth = 2 * Pieces > 16 ? 2 * Pieces : 16;
  localparam int unsigned OrderDepth = 16;  // Slices still to be moved
  localparam int unsigned CountBits = $clog2(AxiBytes + PieceBytes + 1);
  localparam int unsigned TakeBits = $clog2(PieceBytes + 1);

  if ((K0 * T) % PieceBytes != 0 || Pieces < 2) begin : gen_bad_sizes
    $fatal(1, "AxiBytes must divide 8*T, got %0d", AxiBytes);
  end

  logic [31:0] beats_q;  // Still to come
  logic [8*PieceBytes-1:0] bytes;
  logic [CountBits-1:0] count;
  logic [TakeBits-1:0] take_bytes;
  logic [$clog2(OrderDepth+1)-1:0] unused_count;
  logic order_valid, stream_room, padding, move, slice_end;
  logic [PieceBits-1:0] piece_q;
  logic [R-1:0] row_room;
  slice_t slice;
  piece_t piece;

  assign done_o    = !order_valid && beats_q == '0;
  assign padding   = over_i && !order_valid;
  assign a_ready_o = beats_q != '0 && (stream_room || padding);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || stop_i) beats_q <= '0;
    else if (start_i) beats_q <= beats_i;
    else if (a_valid_i && a_ready_o) beats_q <= beats_q - 32'd1;
  end

  hgcn_fifo #(
    .Width($bits(slice_t)),
    .Depth(OrderDepth)
  ) u_order (
    .clk_i,
    .rst_ni,
    .in_valid_i (slice_valid_i),
    .in_ready_o (slice_ready_o),
    .in_data_i  (slice_i),
    .out_valid_o(order_valid),
    .out_ready_i(move && slice_end),
    .out_data_o (slice),
    .count_o    (unused_count)
  );

  hgcn_gearbox #(
    .InBytes  (AxiBytes),
    .OutBytes (PieceBytes),
    .Granule  (PlioBytes),
    .HoldBytes(AxiBytes + PieceBytes)
  ) u_gearbox (
    .clk_i,
    .rst_ni,
    .clear_i     (stop_i || padding),
    .in_valid_i  (a_valid_i && beats_q != '0),
    .in_ready_o  (stream_room),
    .in_data_i   (a_data_i),
    .out_data_o  (bytes),
    .out_count_o (count),
    .take_i      (move && !stop_i),
    .take_bytes_i(take_bytes)
  );

  assign take_bytes = slice.piece.int8 ? TakeBits'(PieceBytes) : TakeBits'(T);
  assign move       = order_valid && (stop_i || count >= CountBits'(take_bytes)) && (slice.pe_row & row_room) != '0;
  assign slice_end  = !slice.piece.int8 || piece_q == PieceBits'(Pieces - 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) piece_q <= '0;
    else if (move) piece_q <= slice_end ? '0 : piece_q + 1'b1;
  end

  always_comb begin
    piece       = slice.piece;
    piece.first = slice.piece.first && piece_q == '0;
    piece.last  = slice.piece.last && slice_end;
  end

  for (genvar r = 0; r < R; r++) begin : gen_row
    logic push;
    assign push = move && slice.pe_row[r];

    hgcn_packetiser #(
      .Depth      (Depth),
      .Beats      (PieceBytes / PlioBytes),
      .BinaryBeats(T / PlioBytes),
      .PacketMagic(PacketMagicA)
    ) u_packetiser (
      .clk_i,
      .rst_ni,
      .room_o       (row_room[r]),
      .reserve_i    (push),
      .push_i       (push),
      .piece_i      (piece),
      .data_i       (bytes),
      .plio_tvalid_o(plio_a_tvalid_o[r]),
      .plio_tready_i(plio_a_tready_i[r]),
      .plio_tdata_o (plio_a_tdata_o[r]),
      .plio_tlast_o (plio_a_tlast_o[r])
    );
  end

  `HGCN_ASSUME(StartWhenDone, start_i |-> done_o)
  `HGCN_ASSUME(AHeld, !stop_i && a_valid_i && !a_ready_o |=> stop_i || (a_valid_i && $stable(a_data_i)))

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Queue of slice pieces, sent as PLIO packets: a header before the first piece, tlast on the last.
///
/// Room is reserved before a piece is pushed, so that a pipeline may lie in between.
///
/// Handshake   `reserve_i` only with `room_o`; each reservation is followed by one `push_i`. AXI4-Stream out.
/// Latency     2 cycles, `push_i` to the first beat.
/// Throughput  1 beat/cycle; a packet is its header and its beats.
/// Paths       None.
/// Requires    The handshake above.
/// Model       sim/benches/array/plio_model.py, encode_packet.
module hgcn_packetiser
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_array_pkg::*;
#(
  parameter int unsigned Depth       = 16,      // Pieces, a power of two
  parameter int unsigned Beats       = 2,       // Most beats of a piece
  parameter int unsigned BinaryBeats = Beats,   // Of a piece of a binary packet
  parameter packet_magic_t PacketMagic = PacketMagicA
) (
  input logic clk_i,
  input logic rst_ni,

  output logic room_o,
  input  logic reserve_i,

  input logic                      push_i,
  input piece_t                    piece_i,
  input logic [Beats*PlioBits-1:0] data_i,  // First beat lowest

  output logic  plio_tvalid_o,
  input  logic  plio_tready_i,
  output plio_t plio_tdata_o,
  output logic  plio_tlast_o
);

  localparam int unsigned PtrBits = $clog2(Depth);
  localparam int unsigned BeatBits = Beats > 1 ? $clog2(Beats) : 1;

  if (Depth < 2 || (1 << PtrBits) != Depth) begin : gen_bad_depth
    $fatal(1, "Depth must be a power of two, at least 2, got %0d", Depth);
  end
  if (BinaryBeats < 1 || BinaryBeats > Beats) begin : gen_bad_beats
    $fatal(1, "BinaryBeats must lie in 1..Beats, got %0d", BinaryBeats);
  end

  typedef logic [PtrBits:0] count_t;
  typedef logic [PtrBits-1:0] ptr_t;
  typedef logic [BeatBits-1:0] beat_count_t;

  logic [Beats*PlioBits-1:0] data_q[Depth];
  piece_t piece_q[Depth];
  piece_t piece;
  count_t reserved_q, stored_q;
  ptr_t wr_ptr_q, rd_ptr_q;
  beat_count_t beat_q;
  logic headed_q;  // The header of the oldest piece has gone
  logic go, head, piece_end, pop, tvalid_q, tlast_q;
  plio_t tdata_q;
  plio_header_t header;

  always_comb begin
    header        = '0;
    header.magic  = PacketMagic;
    header.int8   = piece.int8;
    header.slices = piece.slices;
    header.tag    = piece.tag;
  end

  assign room_o        = reserved_q != count_t'(Depth);
  assign piece         = piece_q[rd_ptr_q];
  assign head          = piece.first && !headed_q;
  assign go            = stored_q != '0 && (!tvalid_q || plio_tready_i);
  assign piece_end     = beat_q == (piece.int8 ? beat_count_t'(Beats - 1) : beat_count_t'(BinaryBeats - 1));
  assign pop           = go && !head && piece_end;
  assign plio_tvalid_o = tvalid_q;
  assign plio_tdata_o  = tdata_q;
  assign plio_tlast_o  = tlast_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reserved_q <= '0;
      stored_q   <= '0;
      wr_ptr_q   <= '0;
      rd_ptr_q   <= '0;
      beat_q     <= '0;
      headed_q   <= 1'b0;
      tvalid_q   <= 1'b0;
    end else begin
      reserved_q <= reserved_q + count_t'(reserve_i) - count_t'(pop);
      stored_q   <= stored_q + count_t'(push_i) - count_t'(pop);
      if (push_i) wr_ptr_q <= wr_ptr_q + 1'b1;
      if (pop) rd_ptr_q <= rd_ptr_q + 1'b1;
      if (!tvalid_q || plio_tready_i) tvalid_q <= go;
      if (go) begin
        headed_q <= !pop;
        if (!head) beat_q <= piece_end ? '0 : beat_q + 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) begin
      data_q[wr_ptr_q] <= data_i;
      piece_q[wr_ptr_q] <= piece_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (go) begin
      if (head) begin
        tdata_q <= header;
        tlast_q <= 1'b0;
      end else begin
        tdata_q <= data_q[rd_ptr_q][32'(beat_q)*PlioBits+:PlioBits];
        tlast_q <= piece.last && piece_end;
      end
    end
  end

  `HGCN_ASSERT(OutHeld, plio_tvalid_o && !plio_tready_i |=> plio_tvalid_o && $stable({plio_tdata_o, plio_tlast_o}))
  `HGCN_ASSERT(StoredWasReserved, stored_q <= reserved_q && reserved_q <= count_t'(Depth))
  `HGCN_ASSUME(ReserveInRoom, reserve_i |-> room_o)
  `HGCN_ASSUME(PushReserved, push_i |-> stored_q < reserved_q || reserve_i)

endmodule

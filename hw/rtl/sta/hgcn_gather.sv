// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Control records, left operand and feature store to the packets on PLIO A and B.
///
///   control -> record -> read steps -> slice -> packers B (R x C)      one record in each stage
///      `---> order queue -> A mover ---------> packers A (R)           behind or ahead of the reads
///
/// Handshake   Engine command, stream and store read port of hw/README.md; AXI4-Stream out.
/// Latency     Last beat of a record to its slice's first B beat, in an empty unit: 8/G + 6 cycles (one less to
///             the header before it).
/// Throughput  A slice per max(8/G, stream limits) cycles over all PE rows: N/2 beats a slice on one B port,
///             T/16 (binary) or T/2 (int8) on one A port, AxiBytes a cycle on either stream.
/// Paths       None to the outside but `rd_data_i` to registers; ready of a stream depends on registers only.
/// Requires    The program's laws: base a multiple of B, a dense record's base a multiple of 8, positions read
///             in one step in distinct banks, pe_row < R. The stream is at least as long as its records.
///             The next command comes only when the merge is done with this one's packets.
/// Model       sim/benches/sta/plio_model.py, gather.
module hgcn_gather
  import hgcn_pkg::*;
#(
  parameter int unsigned SliceDepth = 16  // Slices waiting at each B port, a power of two
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic     cmd_valid_i,
  output logic     cmd_ready_o,
  input  sta_cmd_t cmd_i,
  output logic     idle_o,
  output logic     busy_o,
  output logic     stalled_o,

  input  logic  ctl_valid_i,
  output logic  ctl_ready_o,
  input  beat_t ctl_data_i,

  input  logic  a_valid_i,
  output logic  a_ready_o,
  input  beat_t a_data_i,

  output logic               rd_store_o,
  output logic       [B-1:0] rd_en_o,
  output bank_addr_t [B-1:0] rd_addr_o,
  input  row_t       [B-1:0] rd_data_i,   // One cycle later

  output logic  [R-1:0] plio_a_tvalid_o,
  input  logic  [R-1:0] plio_a_tready_i,
  output plio_t [R-1:0] plio_a_tdata_o,
  output logic  [R-1:0] plio_a_tlast_o,

  output logic  [R*C-1:0] plio_b_tvalid_o,  // Port of PE (r, c): r*C + c
  input  logic  [R*C-1:0] plio_b_tready_i,
  output plio_t [R*C-1:0] plio_b_tdata_o,
  output logic  [R*C-1:0] plio_b_tlast_o
);

  localparam int unsigned HeadBytes = 8;
  localparam int unsigned RecordBytes = 24;  // With positions
  localparam int unsigned BankBits = $clog2(B);
  localparam int unsigned Reads = K0 / G;  // Read steps of a slice
  localparam int unsigned StepBits = Reads > 1 ? $clog2(Reads) : 1;
  localparam int unsigned ABytes = AxiBytes > T ? AxiBytes : T;  // Piece of an int8 slice; a binary one is T
  localparam int unsigned APieces = 8 * T / ABytes;  // Of an int8 slice
  localparam int unsigned APieceBits = $clog2(APieces);
  localparam int unsigned ADepth = 2 * APieces > 16 ? 2 * APieces : 16;
  localparam int unsigned BBeats = N / 2;
  localparam int unsigned OrderDepth = 16;  // Records whose A is still to be moved
  localparam int unsigned CtlCountBits = $clog2(AxiBytes + 2 * RecordBytes + 1);
  localparam int unsigned ACountBits = $clog2(AxiBytes + ABytes + 1);
  localparam int unsigned ATakeBits = $clog2(ABytes + 1);

  if (8 % G != 0 || (8 * T) % ABytes != 0 || APieces < 2) begin : gen_bad_sizes
    $fatal(1, "G must divide 8 and AxiBytes 8*T, got G %0d, AxiBytes %0d", G, AxiBytes);
  end

  typedef logic [BankBits-1:0] bank_t;
  typedef struct packed {
    logic        first;
    logic        last;
    logic        int8;
    logic [15:0] slices;
    logic [15:0] tag;
    logic [7:0]  pe_row;
  } note_t;

  // Command
  logic active_q, store_q, cmd_fire, done, ctl_fire, a_fire, drain, ctl_room, a_room;
  bank_addr_t base_q;  // First position, over B
  logic [31:0] records_q, ctl_beats_q, a_beats_q;  // Still to come
  logic rec_take, order_valid;

  assign cmd_ready_o = !active_q;
  assign idle_o = !active_q;
  assign cmd_fire = cmd_valid_i && cmd_ready_o;
  assign drain = records_q == '0;  // All records parsed: what else comes is padding
  assign ctl_ready_o = ctl_beats_q != '0 && (drain || ctl_room);
  assign ctl_fire = ctl_valid_i && ctl_ready_o;
  assign a_ready_o = a_beats_q != '0 && (a_room || (drain && !order_valid));
  assign a_fire = a_valid_i && a_ready_o;
  assign rd_store_o = store_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      records_q <= '0;
      ctl_beats_q <= '0;
      a_beats_q <= '0;
    end else if (cmd_fire) begin
      active_q <= 1'b1;
      records_q <= cmd_i.slices;
      ctl_beats_q <= cmd_i.ctl_beats;
      a_beats_q <= cmd_i.a_beats;
    end else if (active_q) begin
      if (done) active_q <= 1'b0;
      if (rec_take) records_q <= records_q - 32'd1;
      if (ctl_fire) ctl_beats_q <= ctl_beats_q - 32'd1;
      if (a_fire) a_beats_q <= a_beats_q - 32'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_fire) begin
      store_q <= cmd_i.store;
      base_q <= bank_addr_t'(cmd_i.base >> BankBits);
    end
  end

  // Records
  logic [8*RecordBytes-1:0] ctl_bytes;
  logic [CtlCountBits-1:0] ctl_count;
  logic rec_dense, rec_room, order_ready;
  logic [4:0] rec_bytes;
  note_t rec_note;

  hgcn_funnel #(
    .InBytes(AxiBytes),
    .OutBytes(RecordBytes),
    .Granule(HeadBytes)
  ) u_ctl (
    .clk_i,
    .rst_ni,
    .clear_i(drain),
    .in_valid_i(ctl_valid_i && ctl_beats_q != '0),
    .in_ready_o(ctl_room),
    .in_data_i(ctl_data_i),
    .out_data_o(ctl_bytes),
    .out_count_o(ctl_count),
    .take_i(rec_take),
    .take_bytes_i(rec_bytes)
  );

  assign rec_dense = ctl_bytes[42];
  assign rec_bytes = rec_dense ? 5'(HeadBytes) : 5'(RecordBytes);
  assign rec_take = !drain && ctl_count >= CtlCountBits'(rec_bytes) && rec_room && order_ready;
  assign rec_note = '{first: ctl_bytes[40], last: ctl_bytes[41], int8: ctl_bytes[43],
                      slices: ctl_bytes[31:16], tag: ctl_bytes[15:0], pe_row: ctl_bytes[39:32]};

  logic rec_valid_q, step_go, step_end;
  note_t rec_note_q;
  logic [K0-1:0] rec_zero_q;
  bank_t [K0-1:0] rec_bank_q;
  bank_addr_t [K0-1:0] rec_addr_q;

  assign rec_room = !rec_valid_q || step_end;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) rec_valid_q <= 1'b0;
    else rec_valid_q <= rec_take || (rec_valid_q && !step_end);
  end

  always_ff @(posedge clk_i) begin
    if (rec_take) begin
      rec_note_q <= rec_note;
      for (int unsigned k = 0; k < K0; k++) begin
        logic [15:0] position;
        position = rec_dense ? {ctl_bytes[63:51], 3'(k)} : ctl_bytes[64+16*k +: 16];
        rec_zero_q[k] <= position[15];
        rec_bank_q[k] <= position[BankBits-1:0];
        rec_addr_q[k] <= base_q + bank_addr_t'(position[14:BankBits]);
      end
    end
  end

  // Read steps: G rows each. A record starts when its PE row has room for the slice.
  logic [StepBits-1:0] step_q;
  logic [R-1:0] row_hit, row_room;
  logic [K0-1:0] step_of;  // Positions of this step

  for (genvar r = 0; r < R; r++) begin : gen_hit
    assign row_hit[r] = rec_note_q.pe_row == 8'(r);
  end
  for (genvar k = 0; k < K0; k++) begin : gen_step
    assign step_of[k] = step_q == StepBits'(k / G);
  end
  assign step_go = rec_valid_q && (step_q != '0 || (row_hit & row_room) != '0);
  assign step_end = step_go && step_q == StepBits'(Reads - 1);
  assign busy_o = step_go;
  assign stalled_o = active_q && !step_go;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) step_q <= '0;
    else if (step_go) step_q <= step_end ? '0 : step_q + 1'b1;
  end

  always_comb begin
    rd_en_o = '0;
    rd_addr_o = '0;
    if (step_go) begin
      for (int unsigned k = 0; k < K0; k++) begin
        if (step_of[k] && !rec_zero_q[k]) begin
          rd_en_o[rec_bank_q[k]] = 1'b1;
          rd_addr_o[rec_bank_q[k]] = rec_addr_q[k];
        end
      end
    end
  end

  // Rows back from the store, into the slice
  logic rows_valid_q, rows_end_q, slice_valid_q;
  note_t rows_note_q, slice_note_q;
  logic [K0-1:0] rows_of_q, rows_zero_q;
  bank_t [K0-1:0] rows_bank_q;
  row_t [K0-1:0] slice_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_valid_q <= 1'b0;
      slice_valid_q <= 1'b0;
    end else begin
      rows_valid_q <= step_go;
      slice_valid_q <= rows_valid_q && rows_end_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (step_go) begin
      rows_end_q <= step_end;
      rows_of_q <= step_of;
      rows_zero_q <= rec_zero_q;
      rows_bank_q <= rec_bank_q;
      rows_note_q <= rec_note_q;
    end
    if (rows_valid_q) begin
      slice_note_q <= rows_note_q;
      for (int unsigned k = 0; k < K0; k++) begin
        if (rows_of_q[k]) slice_q[k] <= rows_zero_q[k] ? '0 : rd_data_i[rows_bank_q[k]];
      end
    end
  end

  // B: row-major K0 x N0 blocks, column by column of PEs
  plio_t [C-1:0][BBeats-1:0] b_slice;

  for (genvar c = 0; c < C; c++) begin : gen_slice
    always_comb begin
      b_slice[c] = '0;
      if (slice_valid_q) begin
        for (int unsigned i = 0; i < NBlocks; i++) begin
          for (int unsigned k = 0; k < K0; k++) begin
            b_slice[c][(i*K0+k)*N0/16][(i*K0+k)*N0%16*8 +: 8*N0] = slice_q[k][(c*N+i*N0)*8 +: 8*N0];
          end
        end
      end
    end
  end

  // A: in record order, whatever the reads do
  logic [8*ABytes-1:0] a_bytes;
  logic [ACountBits-1:0] a_count;
  logic [ATakeBits-1:0] a_take_bytes;
  logic a_move, a_slice_end;
  logic [APieceBits-1:0] a_piece_q;
  logic [R-1:0] a_row_hit, a_row_room;
  note_t a_note;

  logic [$clog2(OrderDepth+1)-1:0] unused_count;

  hgcn_fifo #(
    .Width($bits(note_t)),
    .Depth(OrderDepth)
  ) u_order (
    .clk_i,
    .rst_ni,
    .in_valid_i(rec_take),
    .in_ready_o(order_ready),
    .in_data_i(rec_note),
    .out_valid_o(order_valid),
    .out_ready_i(a_move && a_slice_end),
    .out_data_o(a_note),
    .count_o(unused_count)
  );

  hgcn_funnel #(
    .InBytes(AxiBytes),
    .OutBytes(ABytes),
    .Granule(16),
    .HoldBytes(AxiBytes + ABytes)
  ) u_a (
    .clk_i,
    .rst_ni,
    .clear_i(drain && !order_valid),
    .in_valid_i(a_valid_i && a_beats_q != '0),
    .in_ready_o(a_room),
    .in_data_i(a_data_i),
    .out_data_o(a_bytes),
    .out_count_o(a_count),
    .take_i(a_move),
    .take_bytes_i(a_take_bytes)
  );

  for (genvar r = 0; r < R; r++) begin : gen_a_hit
    assign a_row_hit[r] = a_note.pe_row == 8'(r);
  end
  assign a_take_bytes = a_note.int8 ? ATakeBits'(ABytes) : ATakeBits'(T);
  assign a_move = order_valid && a_count >= ACountBits'(a_take_bytes) && (a_row_hit & a_row_room) != '0;
  assign a_slice_end = !a_note.int8 || a_piece_q == APieceBits'(APieces - 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) a_piece_q <= '0;
    else if (a_move) a_piece_q <= a_slice_end ? '0 : a_piece_q + 1'b1;
  end

  // Packers
  for (genvar r = 0; r < R; r++) begin : gen_row
    logic [C-1:0] room;
    logic a_push;

    assign a_push = a_move && a_row_hit[r];
    assign row_room[r] = &room;

    hgcn_packer #(
      .Depth(ADepth),
      .Beats(ABytes / 16),
      .BinaryBeats(T / 16),
      .PacketMagic(PacketMagicA)
    ) u_a (
      .clk_i,
      .rst_ni,
      .room_o(a_row_room[r]),
      .reserve_i(a_push),
      .push_i(a_push),
      .first_i(a_note.first && a_piece_q == '0),
      .last_i(a_note.last && a_slice_end),
      .int8_i(a_note.int8),
      .slices_i(a_note.slices),
      .tag_i(a_note.tag),
      .data_i(a_bytes),
      .plio_tvalid_o(plio_a_tvalid_o[r]),
      .plio_tready_i(plio_a_tready_i[r]),
      .plio_tdata_o(plio_a_tdata_o[r]),
      .plio_tlast_o(plio_a_tlast_o[r])
    );

    for (genvar c = 0; c < C; c++) begin : gen_col
      hgcn_packer #(
        .Depth(SliceDepth),
        .Beats(BBeats),
        .PacketMagic(PacketMagicB)
      ) u_b (
        .clk_i,
        .rst_ni,
        .room_o(room[c]),
        .reserve_i(step_go && step_q == '0 && row_hit[r]),
        .push_i(slice_valid_q && slice_note_q.pe_row == 8'(r)),
        .first_i(slice_note_q.first),
        .last_i(slice_note_q.last),
        .int8_i(slice_note_q.int8),
        .slices_i(slice_note_q.slices),
        .tag_i(slice_note_q.tag),
        .data_i(b_slice[c]),
        .plio_tvalid_o(plio_b_tvalid_o[r*C+c]),
        .plio_tready_i(plio_b_tready_i[r*C+c]),
        .plio_tdata_o(plio_b_tdata_o[r*C+c]),
        .plio_tlast_o(plio_b_tlast_o[r*C+c])
      );
    end
  end

  assign done = drain && !rec_valid_q && !rows_valid_q && !slice_valid_q && !order_valid
                && ctl_beats_q == '0 && a_beats_q == '0;

  logic unused_cmd;
  assign unused_cmd = ^{cmd_i.half, cmd_i.clear, cmd_i.packets, cmd_i.base[BankBits-1:0]};

`ifndef SYNTHESIS
  logic bank_twice;
  always_comb begin
    bank_twice = 1'b0;
    for (int unsigned k = 0; k < K0; k++) begin
      for (int unsigned j = 0; j < k; j++) begin
        if (step_of[k] && step_of[j] && !rec_zero_q[k] && !rec_zero_q[j]) begin
          if (rec_bank_q[k] == rec_bank_q[j]) bank_twice = step_go;
        end
      end
    end
  end
`endif

  `HGCN_ASSUME(BanksDistinct, !bank_twice)
  `HGCN_ASSUME(BaseWhole, cmd_fire |-> cmd_i.base[BankBits-1:0] == '0)
  `HGCN_ASSUME(RowExists, rec_take |-> 32'(rec_note.pe_row) < R)
  `HGCN_ASSUME(CtlHeld, ctl_valid_i && !ctl_ready_o |=> ctl_valid_i && $stable(ctl_data_i))
  `HGCN_ASSUME(AHeld, a_valid_i && !a_ready_o |=> a_valid_i && $stable(a_data_i))
  `HGCN_ASSERT(IdleIsEmpty, idle_o |-> !rec_valid_q && !order_valid && !slice_valid_q)

endmodule

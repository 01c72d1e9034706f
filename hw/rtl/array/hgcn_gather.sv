// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Control records, left operand and feature store to the packets on PLIO A and B.
///
///   control -> records -> read steps -> slice -> packetisers B (R x C)      one record in each stage
///                `------> hgcn_left_packets ---> packetisers A (R)          behind or ahead of the reads
///
/// It has no part in a soft reset: after `stop_i` rises it takes no command, drops its streams and ends the packets it
/// has begun, so that the array, which has no reset of its own, is left between packets.
///
/// Handshake   Engine command, stream and store read port of hw/README.md; AXI4-Stream out.
/// Latency     Last beat of a record to its slice's first B beat, in an empty unit: 8/G + 6 cycles (one less to
///             the header before it).
/// Throughput  A slice per max(8/G, stream limits) cycles over all PE rows: N/2 beats a slice on one B port,
///             T/16 (binary) or T/2 (int8) on one A port, AxiBytes a cycle on either stream.
/// Paths       `stop_i` to `cmd_ready_o`; `rd_data_i` to registers; ready of a stream depends on registers only.
/// Requires    The program's rules: base a multiple of B, positions read in one step in distinct banks. The stream is
///             at least as long as its records. The next command comes only when the merge is done with this one's
///             packets. `stop_i` stays until `idle_o`.
/// Model       sim/benches/array/plio_model.py, gather.
module hgcn_gather
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_array_pkg::*;
#(
  parameter int unsigned SliceDepth = 16  // Slices waiting at each B port, a power of two
) (
  input logic clk_i,
  input logic rst_ni,
  input logic stop_i,

  input  logic     cmd_valid_i,
  output logic     cmd_ready_o,
  input  array_cmd_t cmd_i,
  output logic     idle_o,
  output logic     busy_o,
  output logic     stalled_o,

  output logic [R-1:0] begun_o,  // Pulse: a packet of the PE row will be sent
  output logic         bad_o,    // Pulse: a record against docs/program-format.md

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

  localparam int unsigned BankBits = $clog2(B);
  localparam int unsigned Reads = K0 / G;  // Read steps of a slice
  localparam int unsigned StepBits = Reads > 1 ? $clog2(Reads) : 1;
  localparam int unsigned BBeats = K0 * N / PlioBytes;

  if (K0 % G != 0) begin : gen_bad_sizes
    $fatal(1, "G must divide K0, got %0d", G);
  end

  typedef logic [BankBits-1:0] bank_t;

  // Command
  logic active_q, store_q, cmd_fire, done;
  bank_addr_t base_q;  // First position, over B

  assign cmd_ready_o = !active_q && !stop_i;
  assign idle_o = !active_q;
  assign cmd_fire = cmd_valid_i && cmd_ready_o;
  assign rd_store_o = store_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) active_q <= 1'b0;
    else if (cmd_fire) active_q <= 1'b1;
    else if (done) active_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (cmd_fire) begin
      store_q <= cmd_i.store;
      base_q <= bank_addr_t'(cmd_i.base >> BankBits);
    end
  end

  // Records, to the read steps and to the left operand's packets together
  logic rec_valid, rec_ready, rec_fire, rec_room, left_room, records_over, records_done, left_done;
  slice_t rec;
  gathered_t [K0-1:0] rec_positions;

  assign rec_ready = rec_room && left_room;
  assign rec_fire = rec_valid && rec_ready;

  hgcn_array_records u_records (
    .clk_i,
    .rst_ni,
    .stop_i,
    .start_i(cmd_fire),
    .records_i(cmd_i.slices),
    .beats_i(cmd_i.control_beats),
    .over_o(records_over),
    .done_o(records_done),
    .bad_o,
    .ctl_valid_i,
    .ctl_ready_o,
    .ctl_data_i,
    .rec_valid_o(rec_valid),
    .rec_ready_i(rec_ready),
    .rec_o(rec),
    .rec_positions_o(rec_positions),
    .begun_o
  );

  hgcn_left_packets u_left (
    .clk_i,
    .rst_ni,
    .stop_i,
    .start_i(cmd_fire),
    .beats_i(cmd_i.left_beats),
    .over_i(records_over),
    .done_o(left_done),
    .a_valid_i,
    .a_ready_o,
    .a_data_i,
    .slice_valid_i(rec_fire),
    .slice_ready_o(left_room),
    .slice_i(rec),
    .plio_a_tvalid_o,
    .plio_a_tready_i,
    .plio_a_tdata_o,
    .plio_a_tlast_o
  );

  logic rec_valid_q, step_go, step_end;
  slice_t rec_q;
  logic [K0-1:0] rec_zero_q;
  bank_t [K0-1:0] rec_bank_q;
  bank_addr_t [K0-1:0] rec_addr_q;

  assign rec_room = !rec_valid_q || step_end;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) rec_valid_q <= 1'b0;
    else rec_valid_q <= rec_fire || (rec_valid_q && !step_end);
  end

  always_ff @(posedge clk_i) begin
    if (rec_fire) begin
      rec_q <= rec;
      for (int unsigned k = 0; k < K0; k++) begin
        rec_zero_q[k] <= rec_positions[k].padding;
        rec_bank_q[k] <= rec_positions[k].position[BankBits-1:0];
        rec_addr_q[k] <= base_q + bank_addr_t'(rec_positions[k].position >> BankBits);
      end
    end
  end

  // Read steps: G rows each. A record starts when its PE row has room for the slice.
  logic [StepBits-1:0] step_q;
  logic [R-1:0] row_room;
  logic [K0-1:0] step_of;  // Positions of this step

  for (genvar k = 0; k < K0; k++) begin : gen_step
    assign step_of[k] = step_q == StepBits'(k / G);
  end
  assign step_go = rec_valid_q && (step_q != '0 || (rec_q.pe_row & row_room) != '0);
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
  slice_t rows_for_q, slice_of_q;
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
      rows_for_q <= rec_q;
    end
    if (rows_valid_q) begin
      slice_of_q <= rows_for_q;
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
            b_slice[c][(i*K0+k)*N0/16][(i*K0+k)*N0%16*8+:8*N0] = slice_q[k][(c*N+i*N0)*8+:8*N0];
          end
        end
      end
    end
  end

  // Packetisers
  for (genvar r = 0; r < R; r++) begin : gen_row
    logic [C-1:0] room;

    assign row_room[r] = &room;

    for (genvar c = 0; c < C; c++) begin : gen_col
      hgcn_packetiser #(
        .Depth(SliceDepth),
        .Beats(BBeats),
        .PacketMagic(PacketMagicB)
      ) u_b (
        .clk_i,
        .rst_ni,
        .room_o(room[c]),
        .reserve_i(step_go && step_q == '0 && rec_q.pe_row[r]),
        .push_i(slice_valid_q && slice_of_q.pe_row[r]),
        .piece_i(slice_of_q.piece),
        .data_i(b_slice[c]),
        .plio_tvalid_o(plio_b_tvalid_o[r*C+c]),
        .plio_tready_i(plio_b_tready_i[r*C+c]),
        .plio_tdata_o(plio_b_tdata_o[r*C+c]),
        .plio_tlast_o(plio_b_tlast_o[r*C+c])
      );
    end
  end

  assign done = records_done && left_done && !rec_valid_q && !rows_valid_q && !slice_valid_q;

  logic unused_cmd;
  assign unused_cmd = ^{cmd_i.buffer, cmd_i.clear, cmd_i.packets, cmd_i.base[BankBits-1:0]};

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

  `HGCN_ASSUME_STREAM(BanksDistinct, !bank_twice)
  `HGCN_ASSUME(BaseWhole, cmd_fire |-> cmd_i.base[BankBits-1:0] == '0)
  `HGCN_ASSUME(StopHeld, stop_i && !idle_o |=> stop_i)
  `HGCN_ASSERT(StoppedTakesNoCommand, stop_i |-> !cmd_ready_o)
  `HGCN_ASSERT(IdleIsEmpty, idle_o |-> !rec_valid_q && !slice_valid_q && records_done && left_done)

endmodule

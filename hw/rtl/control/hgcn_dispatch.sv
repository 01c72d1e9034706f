// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Runs programs: header, commands, barriers, errors, watchdog and soft reset.
///
/// Handshake   ready/valid (hw/README.md); `start_i` and `soft_reset_i` are pulses, either may come at any time.
/// Latency     2 cycles, `start_i` to the header's read command taken.
/// Throughput  See hgcn_command_parser and hgcn_issue.
/// Paths       None from input to output.
/// Requires    Masters, gather and merge forget their work, drain and take no command while `stop_o` is high; `base_i` and
///             `size_i` are steady while `busy_o`.
/// Model       sim/benches/control/model.py.
///
/// The first error wins. It stops everything at once: the masters drain, the engines are held in reset. There it
/// stays until a soft reset has seen the masters idle and the array answered. An offer of the cycle before still shows
/// in the first cycle of the stop; it is dead (hw/README.md).
module hgcn_dispatch
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_control_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,  // Synchronous

  // Registers
  input  logic             start_i,
  input  logic             soft_reset_i,
  input  logic      [31:0] watchdog_i,      // Cycles; 0 switches it off
  input  logic [Regions-1:0][63:0] base_i,
  input  logic [Regions-1:0][63:0] size_i,
  output logic             busy_o,
  output logic             started_o,       // Pulse: a program starts
  output logic             done_o,          // Pulse: it ended well
  output logic             error_o,
  output logic             resetting_o,
  output error_e           error_code_o,
  output logic      [23:0] error_index_o,
  output logic      [23:0] index_o,         // Of the command being issued
  output logic      [Engines-1:0] idle_o,

  output logic stop_o,         // To whatever has to end what it has begun outside: masters, gather, merge
  output logic engine_rst_no,  // To all else

  // Read master
  output logic [ReadClients-1:0] read_valid_o,
  input  logic [ReadClients-1:0] read_ready_i,
  output line_t read_line_o,
  output logic [           31:0] read_lines_o,
  output logic [           31:0] read_s1_o,
  output logic [           31:0] read_s2_o,
  output logic [           23:0] read_tag_o,
  input  logic                   rec_valid_i,
  output logic                   rec_ready_o,
  input  beat_t                  rec_data_i,
  input  logic                   read_idle_i,
  input  logic                   bad_checksum_i,
  input  logic [           23:0] bad_checksum_tag_i,
  input  logic                   bad_read_i,
  input  logic [           23:0] bad_read_tag_i,

  // Write master
  output logic        write_valid_o,
  input  logic        write_ready_i,
  output line_t write_line_o,
  output logic [31:0] write_lines_o,
  output logic [23:0] write_tag_o,
  input  logic        write_idle_i,
  input  logic        bad_write_i,
  input  logic [23:0] bad_write_tag_i,

  // Engines
  output logic       load_valid_o,
  input  logic       load_ready_i,
  output load_cmd_t  load_cmd_o,
  input  logic       load_idle_i,
  output logic       pl_valid_o,
  input  logic       pl_ready_i,
  output pl_cmd_t    pl_cmd_o,
  input  logic       pl_idle_i,
  output logic       gather_valid_o,
  input  logic       gather_ready_i,
  input  logic       gather_idle_i,
  output logic       merge_valid_o,
  input  logic       merge_ready_i,
  input  logic       merge_idle_i,
  output array_cmd_t   array_cmd_o,       // To gather and merge
  output logic       drain_valid_o,
  input  logic       drain_ready_i,
  output drain_cmd_t drain_cmd_o,
  input  logic       drain_idle_i,

  input logic bad_packet_i,
  input logic plio_quiet_i,  // Of the packets begun all have been answered, and no more will be begun by themselves
  input logic progress_i     // An AXI handshake, or an engine moved an item
);

  typedef enum logic [1:0] {
    StIdle,
    StRun,
    StError,
    StReset
  } state_e;

  state_e state_q, state_d;
  error_e code_q, code;
  logic [23:0] error_index_q, code_index, index;
  logic [31:0] quiet_q;
  logic engine_rst_nq, start, starved, done, parser_error;
  error_e parser_code;
  logic [23:0] parser_index;
  line_t [Regions-1:0] base, size;
  logic [Regions-1:0] unused;  // Regions start and end on lines

  for (genvar i = 0; i < Regions; i++) begin : gen_region
    assign base[i] = base_i[i][63:LineShift];
    assign size[i] = size_i[i][63:LineShift];
    assign unused[i] = ^{base_i[i][LineShift-1:0], size_i[i][LineShift-1:0]};
  end

  assign start   = start_i && state_q == StIdle && engine_rst_nq && !soft_reset_i;
  assign starved = watchdog_i != '0 && quiet_q >= watchdog_i;

  always_comb begin
    code       = ErrNone;
    code_index = index;
    if (bad_read_i) {code, code_index} = {ErrAxiRead, bad_read_tag_i};
    else if (bad_write_i) {code, code_index} = {ErrAxiWrite, bad_write_tag_i};
    else if (bad_checksum_i) {code, code_index} = {ErrStreamChecksum, bad_checksum_tag_i};
    else if (parser_error) {code, code_index} = {parser_code, parser_index};
    else if (bad_packet_i) code = ErrBadPacket;
    else if (starved) code = ErrWatchdog;
  end

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle: if (start) state_d = StRun;
      StRun: begin
        if (code != ErrNone) state_d = StError;
        else if (done) state_d = StIdle;
      end
      StError: ;
      StReset: if (read_idle_i && write_idle_i && plio_quiet_i) state_d = StIdle;
      default: state_d = StReset;
    endcase
    if (soft_reset_i) state_d = StReset;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q       <= StIdle;
      code_q        <= ErrNone;
      error_index_q <= '0;
      quiet_q       <= '0;
      engine_rst_nq <= 1'b0;
    end else begin
      state_q       <= state_d;
      engine_rst_nq <= state_d == StIdle || state_d == StRun;
      quiet_q       <= state_q != StRun || progress_i ? '0 : quiet_q + 32'd1;
      if (state_q == StReset) begin
        code_q        <= ErrNone;
        error_index_q <= '0;
      end else if (state_q == StRun && state_d == StError) begin
        code_q        <= code;
        error_index_q <= code_index;
      end
    end
  end

  // The register alone would be unknown until the first edge.
  assign engine_rst_no = rst_ni && engine_rst_nq;
  assign stop_o        = state_q == StError || state_q == StReset;
  assign busy_o        = state_q == StRun;
  assign started_o     = start;
  assign done_o        = state_q == StRun && state_d == StIdle;
  assign error_o       = code_q != ErrNone;
  assign error_code_o  = code_q;
  assign error_index_o = error_index_q;
  assign index_o       = index;
  assign resetting_o   = state_q == StReset;
  assign write_tag_o   = index;

  logic command_valid, command_ready, settled;
  queued_t command;

  hgcn_command_parser u_parser (
    .clk_i,
    .rst_ni       (engine_rst_no),
    .start_i      (start),
    .base_i       (base),
    .size_i       (size),
    .read_valid_o,
    .read_ready_i,
    .read_line_o,
    .read_lines_o,
    .read_s1_o,
    .read_s2_o,
    .read_tag_o,
    .rec_valid_i,
    .rec_ready_o,
    .rec_data_i,
    .out_valid_o  (command_valid),
    .out_ready_i  (command_ready),
    .out_command_o(command),
    .settled_i    (settled),
    .error_o      (parser_error),
    .error_code_o (parser_code),
    .error_index_o(parser_index)
  );

  hgcn_issue u_issue (
    .clk_i,
    .rst_ni      (engine_rst_no),
    .base_i      (base),
    .in_valid_i  (command_valid),
    .in_ready_o  (command_ready),
    .in_command_i(command),
    .load_valid_o,
    .load_ready_i,
    .load_cmd_o,
    .pl_valid_o,
    .pl_ready_i,
    .pl_cmd_o,
    .gather_valid_o,
    .gather_ready_i,
    .merge_valid_o,
    .merge_ready_i,
    .array_cmd_o,
    .drain_valid_o,
    .drain_ready_i,
    .drain_cmd_o,
    .write_valid_o,
    .write_ready_i,
    .write_line_o,
    .write_lines_o,
    .load_idle_i,
    .pl_idle_i,
    .gather_idle_i,
    .merge_idle_i,
    .drain_idle_i,
    .write_idle_i,
    .read_idle_i,
    .idle_o,
    .index_o     (index),
    .settled_o   (settled),
    .done_o      (done)
  );

  `HGCN_ASSERT(ErrorStaysFirst, error_o && !resetting_o |=> $stable({error_code_o, error_index_o}) || !error_o)
  `HGCN_ASSERT(NothingStartsInReset, stop_o |-> !engine_rst_no)
  `HGCN_ASSERT(OffersEndWithStop, stop_o |=> !(|read_valid_o) && !write_valid_o && !gather_valid_o && !merge_valid_o)

endmodule

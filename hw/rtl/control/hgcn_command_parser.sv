// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Reads the header and the command records, checks them, asks for their streams and queues them for issue.
///
/// Handshake   ready/valid (hw/README.md).
/// Latency     10 cycles, first quad of a record to its verdict; 2 more for each stream, 1 for each that is empty.
/// Throughput  A LOAD or DRAIN every 14 cycles, an SPMM with three streams every 18.
/// Paths       None from input to output.
/// Requires    `start_i` only when idle; after an error a reset.
/// Model       sim/benches/control/model.py.
module hgcn_command_parser
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_control_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,  // Synchronous; also ends a program

  input logic             start_i,
  input line_t [Regions-1:0] base_i,   // Byte address / 64 of each region
  input line_t [Regions-1:0] size_i,   // Lines of each region

  output logic [ReadClients-1:0] read_valid_o,
  input  logic [ReadClients-1:0] read_ready_i,
  output line_t read_line_o,
  output logic [           31:0] read_lines_o,
  output logic [           31:0] read_s1_o,
  output logic [           31:0] read_s2_o,
  output logic [           23:0] read_tag_o,

  input  logic  rec_valid_i,
  output logic  rec_ready_o,
  input  beat_t rec_data_i,

  output logic     out_valid_o,
  input  logic     out_ready_i,
  output queued_t  out_command_o,

  input logic settled_i,  // All earlier commands have wholly finished

  output logic        error_o,       // Pulse
  output error_e      error_code_o,
  output logic [23:0] error_index_o
);

  localparam int unsigned QuadsPerBeat = AxiBytes / QuadBytes;
  localparam int unsigned LastSub = QuadsPerBeat - 1;
  localparam int unsigned QuadIndexBits = $clog2(RecordQuads);
  localparam logic [QuadIndexBits-1:0] LastQuad = QuadIndexBits'(RecordQuads - 1);

  typedef enum logic [3:0] {
    StIdle,
    StAskHeader,
    StTake,       // The quads of a record
    StSettle,     // The last quad reaches words and sum
    StCheck,      // hgcn_command_check looks
    StVerdict,
    StAskRecords,
    StFence,
    StStream,     // Offer stream `stream_q`
    StAccept,     // Until its reader takes it
    StQueue,
    StStop        // END queued, or an error raised
  } state_e;

  state_e state_q, state_d;
  logic header_q;            // The record is the header
  logic [23:0] index_q;      // Of the command being parsed
  logic [31:0] commands_q;   // num_commands
  logic [QuadIndexBits-1:0] quad_index_q;  // Of the quad taken next
  logic [1:0] stream_q;

  // A record passes as quads of four words.
  logic [8*QuadBytes-1:0] quad, quad_q;
  logic [QuadIndexBits-1:0] taken_index_q;
  logic take, taken_q;
  record_t record_q;
  header_t header;
  command_t command;
  logic [31:0] sum_q, sum_d;

  assign take        = state_q == StTake && rec_valid_i;
  assign rec_ready_o = state_q == StTake && (32'(quad_index_q) & LastSub) == LastSub;

  if (QuadsPerBeat == 1) begin : gen_quad
    assign quad = rec_data_i;
  end else begin : gen_quads
    assign quad = rec_data_i[8*QuadBytes*quad_index_q[$clog2(QuadsPerBeat)-1:0]+:8*QuadBytes];
  end

  always_comb begin
    sum_d = sum_q;
    for (int unsigned j = 0; j < 4; j++) begin
      automatic logic [31:0] word = quad_q[32*j+:32];
      automatic logic [5:0] turn = {1'b0, taken_index_q, 2'(j)};
      if (taken_index_q != LastQuad || j != 3) sum_d = sum_d + (word << turn | word >> (6'd32 - turn));
    end
  end

  always_ff @(posedge clk_i) begin
    quad_q        <= quad;
    taken_index_q <= quad_index_q;
    if (taken_q) begin
      record_q[{taken_index_q, 2'd0}+:4] <= quad_q;
    end
    if (state_q == StTake && quad_index_q == '0) sum_q <= RecordChecksumSeed;
    else if (taken_q) sum_q <= sum_d;
  end

  assign header  = record_q;
  assign command = record_q;

  // Checks
  logic last, bad_command, out_of_range, checksum_bad_q, records_beyond_q;
  error_e header_error, command_error;

  assign last = 32'(index_q) == commands_q - 32'd1;

  hgcn_command_check u_check (
    .clk_i,
    .record_i      (record_q),
    .last_i        (last),
    .size_i,
    .bad_command_o (bad_command),
    .out_of_range_o(out_of_range)
  );

  always_ff @(posedge clk_i) begin
    checksum_bad_q   <= sum_q != command.checksum;
    records_beyond_q <= line_t'(header.commands_line) + line_t'(header.num_commands) * RecordLines > size_i[BaseProgram];
  end

  always_comb begin
    header_error = ErrNone;
    if (header.magic != Magic) header_error = ErrBadMagic;
    else if (header.version_major != VersionMajor) header_error = ErrBadVersion;
    else if (header.device_hash != DeviceHash) header_error = ErrBadDevice;
    else if (checksum_bad_q) header_error = ErrHeaderChecksum;
    else if (header.num_commands == '0 || header.num_commands > MaxCommands) header_error = ErrBadCommand;
    else if (records_beyond_q) header_error = ErrAddressRange;

    command_error = ErrNone;
    if (checksum_bad_q) command_error = ErrCommandChecksum;
    else if (bad_command) command_error = ErrBadCommand;
    else if (out_of_range) command_error = ErrAddressRange;
  end

  // Streams of the command
  opcode_e opcode;
  logic [1:0] last_stream;
  read_client_e client;
  stream_t stream;

  assign opcode      = opcode_e'(command.opcode);
  assign stream      = command.streams[stream_q];
  assign last_stream = last_slot_of(opcode);
  assign client      = client_of(opcode, stream_q);

  // The asking registers
  logic [ReadClients-1:0] ask_q;
  line_t ask_line_q;
  logic [31:0] ask_lines_q, ask_s1_q, ask_s2_q;
  logic accepted;

  assign accepted     = |(ask_q & read_ready_i);
  assign read_valid_o = ask_q;
  assign read_line_o  = ask_line_q;
  assign read_lines_o = ask_lines_q;
  assign read_s1_o    = ask_s1_q;
  assign read_s2_o    = ask_s2_q;
  assign read_tag_o   = index_q;

  always_comb begin
    state_d       = state_q;
    error_o       = 1'b0;
    error_code_o  = ErrNone;
    error_index_o = index_q;
    unique case (state_q)
      StIdle: if (start_i) state_d = StAskHeader;
      StAskHeader: begin
        if (size_i[BaseProgram] < line_t'(RecordLines)) begin
          {error_o, error_code_o} = {1'b1, ErrAddressRange};
          state_d = StStop;
        end else if (accepted) begin
          state_d = StTake;
        end
      end
      StTake: if (take && quad_index_q == LastQuad) state_d = StSettle;
      StSettle: state_d = StCheck;
      StCheck: state_d = StVerdict;
      StVerdict: begin
        error_code_o = header_q ? header_error : command_error;
        error_o      = error_code_o != ErrNone;
        if (error_o) state_d = StStop;
        else if (header_q) state_d = StAskRecords;
        else if (command.fence) state_d = StFence;
        else state_d = opcode == OpEnd ? StQueue : StStream;
      end
      StAskRecords: if (accepted) state_d = StTake;
      StFence: if (settled_i) state_d = opcode == OpEnd ? StQueue : StStream;
      StStream: begin
        if (stream.lines != '0) state_d = StAccept;
        else if (stream_q == last_stream) state_d = StQueue;
      end
      StAccept: if (accepted) state_d = stream_q == last_stream ? StQueue : StStream;
      StQueue: if (out_ready_i) state_d = opcode == OpEnd ? StStop : StTake;
      StStop: ;
      default: state_d = StIdle;
    endcase
    // Ready for the next program once END is queued: only a reset leaves an error.
    if (state_q == StStop && start_i) state_d = StAskHeader;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      ask_q   <= '0;
      taken_q <= 1'b0;
    end else begin
      state_q <= state_d;
      taken_q <= take;
      if (accepted) ask_q <= '0;
      else if (state_q == StAskHeader && state_d == StAskHeader) ask_q <= ReadClients'(1) << ReadRecords;
      else if (state_q == StAskRecords) ask_q <= ReadClients'(1) << ReadRecords;
      else if (state_d == StAccept) ask_q <= ReadClients'(1) << client;
    end

    if (start_i) header_q <= 1'b1;
    else if (state_q == StAskRecords) header_q <= 1'b0;

    if (start_i) index_q <= '0;
    else if (state_q == StQueue && out_ready_i) index_q <= index_q + 24'd1;

    if (state_q == StAskRecords) commands_q <= header.num_commands;

    if (state_q != StTake) quad_index_q <= '0;
    else if (take) quad_index_q <= quad_index_q + 1'b1;

    if (state_q == StVerdict) stream_q <= '0;
    else if ((state_q == StStream && stream.lines == '0) || (state_q == StAccept && accepted))
      stream_q <= stream_q + 2'd1;

    unique case (state_q)
      StAskHeader: {ask_line_q, ask_lines_q, ask_s1_q, ask_s2_q} <= {base_i[BaseProgram], 32'(RecordLines), 64'd0};
      StAskRecords: begin
        ask_line_q           <= base_i[BaseProgram] + line_t'(header.commands_line);
        ask_lines_q          <= header.num_commands * RecordLines;
        {ask_s1_q, ask_s2_q} <= '0;
      end
      StStream: begin
        ask_line_q  <= base_i[stream.base] + line_t'(stream.offset);
        ask_lines_q <= stream.lines;
        ask_s1_q    <= stream.s1;
        ask_s2_q    <= stream.s2;
      end
      default: ;
    endcase
  end

  assign out_valid_o   = state_q == StQueue;
  assign out_command_o = '{index: index_q, words: kept_words(record_q)};

  // Hashes and sizes in the header are for software.
  logic unused;
  assign unused = ^{header, command};

  `HGCN_ASSERT(ReadHeld, |read_valid_o && !accepted |=> $stable({read_valid_o, read_line_o, read_lines_o, read_s1_o, read_s2_o}))
  `HGCN_ASSERT(ReadNotEmpty, |read_valid_o |-> read_lines_o != '0 && $onehot(read_valid_o))
  `HGCN_ASSERT(OutHeld, out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_command_o))
  `HGCN_ASSUME(StartWhenIdle, start_i |-> state_q inside {StIdle, StStop})

endmodule

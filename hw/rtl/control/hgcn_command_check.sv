// SPDX-License-Identifier: Apache-2.0
/// Decides whether a command is legal and stays within its memory regions, before anything acts on it.
///
/// Handshake   None; inputs are steady.
/// Latency     1 cycle.
/// Throughput  1 command/cycle.
/// Paths       None.
/// Requires    Nothing: any words may come.
/// Model       sim/benches/control/model.py, `verdict`.
///
/// What it lets through cannot make an engine wait for beats, rows or positions that do not exist, save that the
/// lengths within a stream (PL entries, dense flags) are not looked at: there the watchdog helps.
module hgcn_command_check
  import hgcn_pkg::*;
  import hgcn_control_pkg::*;
(
  input logic clk_i,

  input words_t           words_i,
  input logic      [31:0] word24_i,
  input logic             last_i,   // The record is the program's last
  input logic [3:0][57:0] size_i,   // Lines of each region

  output logic bad_command_o,
  output logic out_of_range_o
);

  localparam int unsigned RowsPerLine = LineBytes / F;

  typedef logic [41:0] wide_t;  // Holds any product below: 32 bits times at most 1024

  opcode_e opcode;
  logic int8, int16, write_store, write_memory, tiled;
  wide_t position, w1, rows, words, slices, packets, lines0, lines1, lines2, bytes0, bytes1, bytes2;
  logic [5:0] shift;
  logic load_bad, spmm_bad, drain_bad, end_bad, bad_d;
  logic [2:0] beyond, active;

  assign opcode       = opcode_e'(words_i[0][3:0]);
  assign int8         = words_i[0][18];
  assign int16        = words_i[0][18];
  assign write_store  = words_i[0][21];
  assign write_memory = words_i[0][22];
  assign tiled        = words_i[0][23];
  assign shift        = words_i[3][5:0];
  assign position     = wide_t'(words_i[1][31:8]);
  assign w1           = wide_t'(words_i[1]);
  assign rows         = wide_t'(words_i[2]);
  assign words        = wide_t'(words_i[2]);
  assign slices       = wide_t'(words_i[3]);
  assign packets      = wide_t'(word24_i);
  assign lines0       = wide_t'(words_i[5]);
  assign lines1       = wide_t'(words_i[9]);
  assign lines2       = wide_t'(words_i[13]);
  assign bytes0       = lines0 * wide_t'(LineBytes);
  assign bytes1       = lines1 * wide_t'(LineBytes);
  assign bytes2       = lines2 * wide_t'(LineBytes);

  // The stream has exactly the lines its rows fill, and they fit the store.
  assign load_bad = position % wide_t'(RowsPerLine) != '0 || rows == '0
      || lines0 != (rows + wide_t'(RowsPerLine) - 1'b1) / wide_t'(RowsPerLine)
      || position + lines0 * wide_t'(RowsPerLine) > wide_t'(StoreRows);

  // An engine with work has a stream long enough, one without has none.
  assign spmm_bad = w1 >= wide_t'(StoreRows) || w1 % wide_t'(B) != '0
      || (words == '0) != (lines0 == '0) || words * wide_t'(L) * wide_t'(int8 ? 4 : 3) > bytes0
      || (slices == '0) != (lines1 == '0) || slices * 8 > bytes1
      || (slices == '0) != (lines2 == '0) || slices * wide_t'(T) > bytes2
      || (slices == '0) != (packets == '0) || packets > slices;

  assign drain_bad = rows == '0 || rows > wide_t'(WindowRows) || rows % wide_t'(T) != '0
      || bytes0 < rows * 4 + wide_t'(8 * F)
      || (write_store && (int16 || w1 % wide_t'(B) != '0 || w1 + rows > wide_t'(StoreRows)))
      || (tiled && int16) || shift == 6'd0 || shift == 6'd63
      || bytes1 != (write_memory ? rows * wide_t'(F) * wide_t'(int16 ? 2 : 1) : '0);

  assign end_bad = (opcode == OpEnd) != last_i;

  always_comb begin
    active = 3'b000;
    bad_d  = 1'b1;
    unique case (opcode)
      OpLoad: {active, bad_d} = {3'b001, load_bad || end_bad};
      OpSpmm: {active, bad_d} = {3'b111, spmm_bad || end_bad};
      OpDrain: {active, bad_d} = {3'b011, drain_bad || end_bad};
      OpEnd: {active, bad_d} = {3'b000, end_bad};
      default: ;
    endcase
  end

  for (genvar i = 0; i < 3; i++) begin : gen_range
    logic [57:0] finish;
    assign finish    = 58'(words_i[4*i+4][29:0]) + 58'(words_i[4*i+5]);
    assign beyond[i] = words_i[4*i+5] != '0 && finish > size_i[words_i[4*i+4][31:30]];
  end

  always_ff @(posedge clk_i) begin
    bad_command_o  <= bad_d;
    out_of_range_o <= |(beyond & active);
  end

  // Checksums of streams and the other bits of word 0 bear on no limit.
  logic unused;
  assign unused = ^{words_i[0][31:24], words_i[0][20:19], words_i[0][17:4], words_i[6], words_i[7], words_i[10], words_i[11],
                    words_i[14], words_i[15]};

endmodule

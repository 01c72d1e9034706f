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
  import hgcn_isa_pkg::*;
(
  input logic clk_i,

  input record_t                  record_i,
  input logic                     last_i,    // The record is the program's last
  input line_t [Regions-1:0] size_i,    // Lines of each region

  output logic bad_command_o,
  output logic out_of_range_o
);

  localparam int unsigned RowsPerLine = LineBytes / F;

  typedef logic [41:0] wide_t;  // Holds any product below: 32 bits times at most 1024

  command_t command;
  load_t load;
  spmm_t spmm;
  drain_t drain;
  opcode_e opcode;
  wide_t load_position, load_rows, load_lines, base, bundles, slices, packets, position, rows;
  wide_t pl_bytes, control_bytes, left_bytes, record_bytes, written_bytes;
  logic load_bad, spmm_bad, drain_bad, end_bad, bad_d;
  logic [StreamSlots-1:0] beyond, active;

  assign command       = record_i;
  assign load          = record_i;
  assign spmm          = record_i;
  assign drain         = record_i;
  assign opcode        = opcode_e'(command.opcode);
  assign load_position = wide_t'(load.position);
  assign load_rows     = wide_t'(load.rows);
  assign load_lines    = wide_t'(load.stream.lines);
  assign base          = wide_t'(spmm.base);
  assign bundles       = wide_t'(spmm.bundles);
  assign slices        = wide_t'(spmm.slices);
  assign packets       = wide_t'(spmm.packets);
  assign pl_bytes      = wide_t'(spmm.pl.lines) * wide_t'(LineBytes);
  assign control_bytes = wide_t'(spmm.control.lines) * wide_t'(LineBytes);
  assign left_bytes    = wide_t'(spmm.left.lines) * wide_t'(LineBytes);
  assign position      = wide_t'(drain.position);
  assign rows          = wide_t'(drain.rows);
  assign record_bytes  = wide_t'(drain.records.lines) * wide_t'(LineBytes);
  assign written_bytes = wide_t'(drain.destination.lines) * wide_t'(LineBytes);

  // The stream has exactly the lines its rows fill, and they fit the store.
  assign load_bad = load_position % wide_t'(RowsPerLine) != '0 || load_rows == '0
      || load_lines != (load_rows + wide_t'(RowsPerLine) - 1'b1) / wide_t'(RowsPerLine)
      || load_position + load_lines * wide_t'(RowsPerLine) > wide_t'(StoreRows);

  // An engine with work has a stream long enough, one without has none.
  assign spmm_bad = base >= wide_t'(StoreRows) || base % wide_t'(B) != '0
      || (bundles == '0) != (pl_bytes == '0)
      || bundles * (spmm.pl_int8 ? wide_t'(EntryBytes * L) : wide_t'(BinaryEntryBytes * L)) > pl_bytes
      || (slices == '0) != (control_bytes == '0)
      || slices * wide_t'(ControlHeadBytes) > control_bytes
      || (slices == '0) != (left_bytes == '0) || slices * wide_t'(T) > left_bytes
      || (slices == '0) != (packets == '0) || packets > slices;

  assign drain_bad = rows == '0 || rows > wide_t'(TileRows) || rows % wide_t'(T) != '0
      || record_bytes < rows * wide_t'(RowRecordBytes) + wide_t'(ColumnParameterBytes * F)
      || (drain.write_store
          && (drain.int16 || position % wide_t'(B) != '0 || position + rows > wide_t'(StoreRows)))
      || (drain.tiled && drain.int16) || drain.shift == 6'd0 || drain.shift == 6'd63
      || written_bytes
          != (drain.write_memory ? rows * wide_t'(F) * wide_t'(drain.int16 ? 2 : 1) : '0);

  assign end_bad = (opcode == OpEnd) != last_i;

  assign active = ranges_of(opcode);

  always_comb begin
    unique case (opcode)
      OpLoad: bad_d = load_bad || end_bad;
      OpSpmm: bad_d = spmm_bad || end_bad;
      OpDrain: bad_d = drain_bad || end_bad;
      OpEnd: bad_d = end_bad;
      default: bad_d = 1'b1;
    endcase
  end

  for (genvar i = 0; i < StreamSlots; i++) begin : gen_range
    range_t place;
    line_t finish;
    assign place     = range_t'(command.streams[i]);
    assign finish    = line_t'(place.offset) + line_t'(place.lines);
    assign beyond[i] = place.lines != '0 && finish > size_i[place.base];
  end

  always_ff @(posedge clk_i) begin
    bad_command_o  <= bad_d;
    out_of_range_o <= |(beyond & active);
  end

  // Checksums of streams and flags bear on no limit.
  logic unused;
  assign unused = ^{record_i, command, load, spmm, drain};

endmodule

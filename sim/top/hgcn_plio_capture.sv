// SPDX-License-Identifier: Apache-2.0

/// Writes every PLIO beat to the file of `+plio_file=`, one line each.
///
/// A line is `<port> <index> <tlast> <tdata, 32 hex digits>`; port is A, B or C, index the PE row (A)
/// or row * C + column (B, C). Lines of one port and index are in order; see docs/plio.md.
///
/// Handshake   Listens only.
/// Latency     None.
/// Throughput  Every port each cycle.
/// Paths       None.
/// Requires    Streams of `clk_i`.
/// Model       hgcn_sim.runs.plio.
module hgcn_plio_capture
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
(
  input logic           clk_i,
  input logic           rst_ni,
  input logic [  R-1:0] a_fire_i,
  input logic [  R-1:0] a_tlast_i,
  input plio_t [R-1:0]  a_tdata_i,
  input logic [R*C-1:0] b_fire_i,
  input logic [R*C-1:0] b_tlast_i,
  input plio_t [R*C-1:0] b_tdata_i,
  input logic [R*C-1:0] c_fire_i,
  input logic [R*C-1:0] c_tlast_i,
  input plio_t [R*C-1:0] c_tdata_i
);

  string name;
  int file = 0;

  initial if ($value$plusargs("plio_file=%s", name)) file = $fopen(name, "w");

  always @(posedge clk_i) begin
    if (file != 0 && rst_ni) begin
      for (int unsigned i = 0; i < R; i++) begin
        if (a_fire_i[i]) $fwrite(file, "A %0d %b %h\n", i, a_tlast_i[i], a_tdata_i[i]);
      end
      for (int unsigned i = 0; i < R * C; i++) begin
        if (b_fire_i[i]) $fwrite(file, "B %0d %b %h\n", i, b_tlast_i[i], b_tdata_i[i]);
        if (c_fire_i[i]) $fwrite(file, "C %0d %b %h\n", i, c_tlast_i[i], c_tdata_i[i]);
      end
    end
  end

  final if (file != 0) $fclose(file);

endmodule

// SPDX-License-Identifier: Apache-2.0

/// Holds one beat: the smallest stream module, to test the runner and the stream models with.
///
/// Handshake   ready/valid.
/// Latency     1 cycle.
/// Throughput  1 beat/cycle.
/// Paths       `out_ready_i` to `in_ready_o` is combinational.
/// Requires    Nothing.
/// Model       The beats themselves.
module stream_register #(
  parameter int unsigned Width = 8
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  logic valid_q;

  assign in_ready_o  = !valid_q || out_ready_i;
  assign out_valid_o = valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (in_ready_o) valid_q <= in_valid_i;
    if (in_ready_o) out_data_o <= in_data_i;
  end

endmodule

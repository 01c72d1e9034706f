// SPDX-License-Identifier: Apache-2.0
/// Performance counters of a program: cycles, bytes, busy and stalled cycles of every engine.
///
/// Handshake   None.
/// Latency     2 cycles, event to counter: the inputs are registered.
/// Throughput  Every cycle.
/// Paths       None.
/// Requires    Nothing.
/// Model       sim/benches/control/test_counters.py.
///
/// They restart at `start_i` and stand still while `run_i` is low.
module hgcn_counters
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,  // Synchronous

  input logic               start_i,
  input logic               run_i,
  input logic [Counters-1:0] busy_i,
  input logic [Counters-1:0] stalled_i,
  input logic               read_beat_i,
  input logic               written_beat_i,

  output logic [       63:0]       cycles_o,
  output logic [       63:0]       read_bytes_o,
  output logic [       63:0]       written_bytes_o,
  output logic [Counters-1:0][63:0] busy_o,
  output logic [Counters-1:0][63:0] stalled_o
);

  localparam int unsigned ByteShift = $clog2(AxiBytes);
  localparam int unsigned Events = 2 * Counters + 3;

  logic [Events-1:0] event_q;
  logic start_q;
  logic [63:0] count_q[Events];

  always_ff @(posedge clk_i) begin
    event_q <= {written_beat_i, read_beat_i, 1'b1, stalled_i, busy_i} & {Events{run_i}};
    start_q <= start_i || !rst_ni;
    for (int unsigned i = 0; i < Events; i++) begin
      if (start_q) count_q[i] <= '0;
      else if (event_q[i]) count_q[i] <= count_q[i] + 64'd1;
    end
  end

  for (genvar i = 0; i < Counters; i++) begin : gen_engine
    assign busy_o[i]    = count_q[i];
    assign stalled_o[i] = count_q[Counters+i];
  end

  assign cycles_o        = count_q[2*Counters];
  assign read_bytes_o    = count_q[2*Counters+1] << ByteShift;
  assign written_bytes_o = count_q[2*Counters+2] << ByteShift;

endmodule

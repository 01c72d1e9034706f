// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// FIFO of wide beats in block RAM; its output register is the RAM's own. Take hgcn_fifo for few or narrow entries.
///
/// Handshake   ready/valid (hw/README.md) on both sides.
/// Latency     2 cycles, accepted beat to `out_valid_o`.
/// Throughput  1 beat/cycle.
/// Paths       None from input to output; `out_ready_i` to `freed_o`.
/// Requires    Depth is a power of two.
/// Model       A queue of Depth + 1 beats.
module hgcn_ram_fifo #(
  parameter int unsigned Width = 128,  // Bits of a beat
  parameter int unsigned Depth = 512   // Beats in RAM; the output register holds one more
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous; empties the FIFO

  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o,

  output logic freed_o  // A beat leaves the RAM in this cycle
);

  localparam int unsigned AddrBits = $clog2(Depth);

  if (Depth < 2 || 2 ** AddrBits != Depth) begin : gen_bad_depth
    $fatal(1, "Depth must be a power of two and at least 2, got %0d", Depth);
  end

  typedef logic [AddrBits:0] pointer_t;  // One bit more than the address tells full from empty

  (* ram_style = "block" *) logic [Width-1:0] ram[Depth];
  pointer_t write_q, read_q;
  logic [Width-1:0] out_data_q;
  logic out_valid_q, in_fire, read;

  assign in_ready_o  = write_q != {~read_q[AddrBits], read_q[AddrBits-1:0]};
  assign in_fire     = in_valid_i && in_ready_o;
  assign read        = write_q != read_q && (!out_valid_q || out_ready_i);
  assign freed_o     = read;
  assign out_valid_o = out_valid_q;
  assign out_data_o  = out_data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q     <= '0;
      read_q      <= '0;
      out_valid_q <= 1'b0;
    end else begin
      if (in_fire) write_q <= write_q + 1'b1;
      if (read) read_q <= read_q + 1'b1;
      out_valid_q <= read || (out_valid_q && !out_ready_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (in_fire) ram[write_q[AddrBits-1:0]] <= in_data_i;
    if (read) out_data_q <= ram[read_q[AddrBits-1:0]];
  end

  `HGCN_ASSERT(OutHeld, out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_data_o))

endmodule

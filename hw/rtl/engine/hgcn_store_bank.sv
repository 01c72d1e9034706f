// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// One bank of a feature store: true two-port memory, port 0 reads, port 1 reads or writes.
///
/// Handshake   Enables; each read output keeps the last row its port read.
/// Latency     1 cycle, enable to data.
/// Throughput  One access per port per cycle.
/// Paths       None.
/// Requires    No port 0 read of the row port 1 writes in the same cycle: it may give either value.
/// Model       A NumPy array.
module hgcn_store_bank
  import hgcn_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,  // Only for the assertions

  input  logic       p0_en_i,
  input  bank_addr_t p0_addr_i,
  output row_t       p0_data_o,

  input  logic       p1_en_i,
  input  logic       p1_wr_i,
  input  bank_addr_t p1_addr_i,
  input  row_t       p1_data_i,
  output row_t       p1_data_o
);

  // A deep bank fills UltraRAM well (4096 x 72 bits each); a shallow one would waste most of it.
  localparam RamStyle = BankDepth >= 1024 ? "ultra" : "block";
  (* ram_style = RamStyle *)
  row_t mem_q[BankDepth];

  always_ff @(posedge clk_i) begin
    if (p0_en_i) p0_data_o <= mem_q[p0_addr_i];
  end

  always_ff @(posedge clk_i) begin
    if (p1_en_i) begin
      if (p1_wr_i) mem_q[p1_addr_i] <= p1_data_i;
      else p1_data_o <= mem_q[p1_addr_i];
    end
  end

  `HGCN_ASSUME(NoReadOfRowWritten, !(p0_en_i && p1_en_i && p1_wr_i && p0_addr_i == p1_addr_i))

`ifdef SYNTHESIS
  logic unused_rst;
  assign unused_rst = rst_ni;
`endif

endmodule

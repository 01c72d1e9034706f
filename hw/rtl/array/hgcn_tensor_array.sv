// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// The systolic tensor array behind PLIO: R x C tensor PEs in a clock of their own.
///
/// A PE row shares its A packets: column c takes each beat from column c-1, one register later.
///
/// Handshake   AXI4-Stream without tkeep (docs/plio.md), all in `clk_i`.
/// Latency     See hgcn_tensor_pe; three cycles of the receiving clock more for each crossing, one
///             `array_clk_i` cycle more per column.
/// Throughput  Steps = (T/M0)*(N/N0) `array_clk_i` cycles a slice when the streams keep up; per PE row
///             a packet takes max(S*Steps, beats of any of its ports) cycles.
/// Paths       None.
/// Requires    `rst_ni` and `array_rst_ni` are low together at power-up; either may rise first. Whole packets on A and
///             B: a soft reset of the accelerator does not come here.
/// Model       sim/benches/array/plio_model.py, bit for bit.
module hgcn_tensor_array
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
#(
  parameter int unsigned PortDepth = 16  // Beats of each port's clock crossing
) (
  input logic clk_i,
  input logic rst_ni,      // Synchronous to clk_i
  input logic array_clk_i,
  input logic array_rst_ni,  // Synchronous to array_clk_i

  input  logic  [R-1:0] plio_a_tvalid_i,
  output logic  [R-1:0] plio_a_tready_o,
  input  plio_t [R-1:0] plio_a_tdata_i,
  input  logic  [R-1:0] plio_a_tlast_i,

  input  logic  [R*C-1:0] plio_b_tvalid_i,  // Port of PE (r, c): r*C + c
  output logic  [R*C-1:0] plio_b_tready_o,
  input  plio_t [R*C-1:0] plio_b_tdata_i,
  input  logic  [R*C-1:0] plio_b_tlast_i,

  output logic  [R*C-1:0] plio_c_tvalid_o,
  input  logic  [R*C-1:0] plio_c_tready_i,
  output plio_t [R*C-1:0] plio_c_tdata_o,
  output logic  [R*C-1:0] plio_c_tlast_o
);

  localparam int unsigned BeatBits = PlioBits + 1;
  typedef logic [BeatBits-1:0] port_beat_t;

  for (genvar r = 0; r < R; r++) begin : gen_row
    logic [C-1:0] a_valid, a_ready;
    port_beat_t [C-1:0] a_beat;

    hgcn_async_fifo #(
      .Width(BeatBits),
      .Depth(PortDepth)
    ) u_a (
      .in_clk_i(clk_i),
      .in_rst_ni(rst_ni),
      .in_valid_i(plio_a_tvalid_i[r]),
      .in_ready_o(plio_a_tready_o[r]),
      .in_data_i({plio_a_tlast_i[r], plio_a_tdata_i[r]}),
      .out_clk_i(array_clk_i),
      .out_rst_ni(array_rst_ni),
      .out_valid_o(a_valid[0]),
      .out_ready_i(a_ready[0]),
      .out_data_o(a_beat[0])
    );

    for (genvar c = 0; c < C; c++) begin : gen_col
      localparam int unsigned P = r * C + c;
      logic pe_a_ready, b_valid, b_ready, c_valid, c_ready, next_ready;
      port_beat_t b_beat, c_beat;

      // A beat leaves for the PE and for the next column together.
      assign a_ready[c] = pe_a_ready && next_ready;

      if (c + 1 < C) begin : gen_next
        logic [1:0] unused_count;

        hgcn_fifo #(
          .Width(BeatBits),
          .Depth(2)
        ) u_next (
          .clk_i(array_clk_i),
          .rst_ni(array_rst_ni),
          .in_valid_i(a_valid[c] && pe_a_ready),
          .in_ready_o(next_ready),
          .in_data_i(a_beat[c]),
          .out_valid_o(a_valid[c+1]),
          .out_ready_i(a_ready[c+1]),
          .out_data_o(a_beat[c+1]),
          .count_o(unused_count)
        );
      end else begin : gen_end
        assign next_ready = 1'b1;
      end

      hgcn_async_fifo #(
        .Width(BeatBits),
        .Depth(PortDepth)
      ) u_b (
        .in_clk_i(clk_i),
        .in_rst_ni(rst_ni),
        .in_valid_i(plio_b_tvalid_i[P]),
        .in_ready_o(plio_b_tready_o[P]),
        .in_data_i({plio_b_tlast_i[P], plio_b_tdata_i[P]}),
        .out_clk_i(array_clk_i),
        .out_rst_ni(array_rst_ni),
        .out_valid_o(b_valid),
        .out_ready_i(b_ready),
        .out_data_o(b_beat)
      );

      hgcn_tensor_pe u_pe (
        .clk_i(array_clk_i),
        .rst_ni(array_rst_ni),
        .a_valid_i(a_valid[c] && next_ready),
        .a_ready_o(pe_a_ready),
        .a_data_i(a_beat[c][PlioBits-1:0]),
        .a_last_i(a_beat[c][PlioBits]),
        .b_valid_i(b_valid),
        .b_ready_o(b_ready),
        .b_data_i(b_beat[PlioBits-1:0]),
        .b_last_i(b_beat[PlioBits]),
        .c_valid_o(c_valid),
        .c_ready_i(c_ready),
        .c_data_o(c_beat[PlioBits-1:0]),
        .c_last_o(c_beat[PlioBits])
      );

      hgcn_async_fifo #(
        .Width(BeatBits),
        .Depth(PortDepth)
      ) u_c (
        .in_clk_i(array_clk_i),
        .in_rst_ni(array_rst_ni),
        .in_valid_i(c_valid),
        .in_ready_o(c_ready),
        .in_data_i(c_beat),
        .out_clk_i(clk_i),
        .out_rst_ni(rst_ni),
        .out_valid_o(plio_c_tvalid_o[P]),
        .out_ready_i(plio_c_tready_i[P]),
        .out_data_o({plio_c_tlast_o[P], plio_c_tdata_o[P]})
      );

      `HGCN_ASSUME(BHeld, plio_b_tvalid_i[P] && !plio_b_tready_o[P] |=>
                   plio_b_tvalid_i[P] && $stable({plio_b_tdata_i[P], plio_b_tlast_i[P]}))
    end

    `HGCN_ASSUME(AHeld, plio_a_tvalid_i[r] && !plio_a_tready_o[r] |=>
                 plio_a_tvalid_i[r] && $stable({plio_a_tdata_i[r], plio_a_tlast_i[r]}))
  end

endmodule

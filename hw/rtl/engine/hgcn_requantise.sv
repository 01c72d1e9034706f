// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Requantises the F sums of a row, exactly as docs/arithmetic.md says.
///
///     y = clamp((a * r * c + bias) >> shift), bias = (beta << t) + (1 << (shift - 1)) prepared by the caller
///
/// Handshake   Valid only; `ce_i` low freezes every stage.
/// Latency     6 cycles with `ce_i` high.
/// Throughput  One row per cycle.
/// Paths       None.
/// Requires    `col_i`, `bias_i`, `shift_i`, `relu_i`, `int16_i` constant while rows are in flight; shift 1 to 62.
/// Model       hgcn.reference.requantise, bit for bit.
module hgcn_requantise
  import hgcn_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,
  input logic ce_i,

  input logic        [F-1:0][14:0] col_i,   // c
  input logic        [F-1:0][62:0] bias_i,  // Signed, rounding included
  input logic               [ 5:0] shift_i,
  input logic                      relu_i,
  input logic                      int16_i,

  input logic         valid_i,
  input sums_t        sums_i,  // a
  input logic  [15:0] row_i,   // r

  output logic               valid_o,
  output logic [F-1:0][15:0] row_o  // Sign-extended when int8
);

  localparam int unsigned Stages = 6;

  logic [Stages-1:0] valid_q;
  logic signed [63:0] high, low;

  assign high    = int16_i ? 64'sd32767 : 64'sd127;
  assign low     = relu_i ? 64'sd0 : ~high;  // -high - 1
  assign valid_o = valid_q[Stages-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (ce_i) valid_q <= {valid_q[Stages-2:0], valid_i};
  end

  for (genvar f = 0; f < F; f++) begin : gen_feature
    logic        [30:0] scale_q;  // M
    logic signed [31:0] sum_q;
    logic signed [48:0] by_low_q;  // The 32 x 31 multiply as two, by 16 bits of M each
    logic signed [47:0] by_high_q;
    logic signed [63:0] product_q, total_q, shifted_q;

    always_ff @(posedge clk_i) begin
      if (ce_i) begin
        if (valid_i) begin
          scale_q <= 31'(row_i) * 31'(col_i[f]);
          sum_q   <= sums_i[32*f+:32];
        end
        if (valid_q[0]) begin
          by_low_q  <= 49'(sum_q) * signed'({33'b0, scale_q[15:0]});
          by_high_q <= 48'(sum_q) * signed'({33'b0, scale_q[30:16]});
        end
        if (valid_q[1]) product_q <= 64'(by_low_q) + {by_high_q, 16'b0};
        if (valid_q[2]) total_q <= product_q + 64'(signed'(bias_i[f]));
        if (valid_q[3]) shifted_q <= total_q >>> shift_i;
        if (valid_q[4]) begin
          row_o[f] <= shifted_q > high ? high[15:0] : shifted_q < low ? low[15:0] : shifted_q[15:0];
        end
      end
    end
  end

  `HGCN_ASSUME(ShiftInRange, valid_i |-> shift_i inside {[6'd1 : 6'd62]})

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Carries each lane's read to the bank it names, and the bank's row back to the lane.
///
/// Handshake   Valid only; nothing stalls. A lane's tag travels with its read.
/// Latency     3 cycles, `valid_i` to `row_valid_o`: out to the bank, the bank's own cycle, back to the lane.
/// Throughput  One read per lane per cycle.
/// Paths       None.
/// Requires    The valid lanes of one cycle name distinct banks. `rd_data_i` follows `rd_en_o` by one cycle.
/// Model       row[lane] = bank[bank[lane]][addr[lane]].
module hgcn_lane_crossbar
  import hgcn_pkg::*;
#(
  parameter int unsigned TagBits = 8,
  localparam int unsigned BankBits = $clog2(B)
) (
  input logic clk_i,
  input logic rst_ni,

  input logic       [L-1:0]               valid_i,
  input logic       [L-1:0][BankBits-1:0] bank_i,
  input bank_addr_t [L-1:0]               addr_i,
  input logic       [L-1:0][ TagBits-1:0] tag_i,

  output logic       [B-1:0] rd_en_o,
  output bank_addr_t [B-1:0] rd_addr_o,
  input  row_t       [B-1:0] rd_data_i,

  output logic [L-1:0]              row_valid_o,
  output row_t [L-1:0]              row_o,
  output logic [L-1:0][TagBits-1:0] tag_o
);

  // Lanes write their bank's request in turn, last one wins; within a group that is a chain of multiplexers. The groups'
  // requests are ORed (absent ones are zero), which keeps the chain at four.
  localparam int unsigned GroupLanes = L < 4 ? L : 4;
  localparam int unsigned Groups = L / GroupLanes;

  logic [B-1:0] en_d;
  bank_addr_t [B-1:0] addr_d;
  logic [Groups-1:0][B-1:0] group_en;
  bank_addr_t [Groups-1:0][B-1:0] group_addr;

  logic [L-1:0] valid_sent_q, valid_read_q;
  logic [L-1:0][BankBits-1:0] bank_sent_q, bank_read_q;
  logic [L-1:0][TagBits-1:0] tag_sent_q, tag_read_q;

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    always_comb begin
      group_en[g]   = '0;
      group_addr[g] = '0;
      for (int unsigned lane = g * GroupLanes; lane < (g + 1) * GroupLanes; lane++) begin
        if (valid_i[lane]) begin
          group_en[g][bank_i[lane]]   = 1'b1;
          group_addr[g][bank_i[lane]] = addr_i[lane];
        end
      end
    end
  end

  always_comb begin
    en_d   = '0;
    addr_d = '0;
    for (int unsigned g = 0; g < Groups; g++) begin
      en_d |= group_en[g];
      addr_d |= group_addr[g];
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rd_en_o      <= '0;
      valid_sent_q <= '0;
      valid_read_q <= '0;
      row_valid_o  <= '0;
    end else begin
      rd_en_o      <= en_d;
      valid_sent_q <= valid_i;
      valid_read_q <= valid_sent_q;
      row_valid_o  <= valid_read_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (|valid_i) begin
      rd_addr_o   <= addr_d;
      bank_sent_q <= bank_i;
      tag_sent_q  <= tag_i;
    end
    if (|valid_sent_q) begin
      bank_read_q <= bank_sent_q;
      tag_read_q  <= tag_sent_q;
    end
    if (|valid_read_q) tag_o <= tag_read_q;
  end

  for (genvar lane = 0; lane < L; lane++) begin : gen_back
    always_ff @(posedge clk_i) begin
      if (valid_read_q[lane]) row_o[lane] <= rd_data_i[bank_read_q[lane]];
    end
  end

  `HGCN_ASSUME_STREAM(BanksDistinct, $countones(valid_i) == $countones(en_d))

endmodule

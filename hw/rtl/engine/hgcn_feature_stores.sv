// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Both feature stores: row position p is in bank p mod B at address p div B.
///
/// Port 0 of every bank reads for the PL lanes. Port 1 reads for the gather unit, or writes for LOAD or DRAIN.
///
/// Handshake   Enables per bank (hw/README.md); a bank's read data stay until the port's next read of that store's bank.
/// Latency     1 cycle, enable to read data; a written row can be read in the next cycle.
/// Throughput  B rows per cycle for each user.
/// Paths       `*_rd_store_i` to `*_rd_data_o`: the select is constant while a user reads.
/// Requires    At one bank of one store at most one of gather, LOAD and DRAIN at a time; no PL read of a row being written.
/// Model       Two NumPy arrays of shape (StoreRows, F).
module hgcn_feature_stores
  import hgcn_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  input  logic               pl_rd_store_i,
  input  logic       [B-1:0] pl_rd_en_i,
  input  bank_addr_t [B-1:0] pl_rd_addr_i,
  output row_t       [B-1:0] pl_rd_data_o,

  input  logic               ga_rd_store_i,
  input  logic       [B-1:0] ga_rd_en_i,
  input  bank_addr_t [B-1:0] ga_rd_addr_i,
  output row_t       [B-1:0] ga_rd_data_o,

  input logic               ld_wr_store_i,
  input logic       [B-1:0] ld_wr_en_i,
  input bank_addr_t [B-1:0] ld_wr_addr_i,
  input row_t       [B-1:0] ld_wr_data_i,

  input logic               dr_wr_store_i,
  input logic       [B-1:0] dr_wr_en_i,
  input bank_addr_t [B-1:0] dr_wr_addr_i,
  input row_t       [B-1:0] dr_wr_data_i
);

  for (genvar b = 0; b < B; b++) begin : gen_bank
    row_t p0_data[2], p1_data[2];

    for (genvar s = 0; s < 2; s++) begin : gen_store
      logic ga, ld, dr;
      assign ga = ga_rd_en_i[b] && ga_rd_store_i == 1'(s);
      assign ld = ld_wr_en_i[b] && ld_wr_store_i == 1'(s);
      assign dr = dr_wr_en_i[b] && dr_wr_store_i == 1'(s);

      hgcn_store_bank u_bank (
        .clk_i,
        .rst_ni,
        .p0_en_i  (pl_rd_en_i[b] && pl_rd_store_i == 1'(s)),
        .p0_addr_i(pl_rd_addr_i[b]),
        .p0_data_o(p0_data[s]),
        .p1_en_i  (ga || ld || dr),
        .p1_wr_i  (ld || dr),
        .p1_addr_i(ld ? ld_wr_addr_i[b] : dr ? dr_wr_addr_i[b] : ga_rd_addr_i[b]),
        .p1_data_i(ld ? ld_wr_data_i[b] : dr_wr_data_i[b]),
        .p1_data_o(p1_data[s])
      );
    end

    assign pl_rd_data_o[b] = p0_data[pl_rd_store_i];
    assign ga_rd_data_o[b] = p1_data[ga_rd_store_i];
  end

  // Store against store is enough: the compiler never lets two users of port 1 work on one store, whatever the bank.
  `HGCN_ASSUME(LoadAndDrainApart, !(|ld_wr_en_i && |dr_wr_en_i && ld_wr_store_i == dr_wr_store_i))
  `HGCN_ASSUME(GatherAndLoadApart, !(|ga_rd_en_i && |ld_wr_en_i && ga_rd_store_i == ld_wr_store_i))
  `HGCN_ASSUME(GatherAndDrainApart, !(|ga_rd_en_i && |dr_wr_en_i && ga_rd_store_i == dr_wr_store_i))
  `HGCN_ASSUME(PlAndLoadApart, !(|pl_rd_en_i && |ld_wr_en_i && pl_rd_store_i == ld_wr_store_i))
  `HGCN_ASSUME(PlAndDrainApart, !(|pl_rd_en_i && |dr_wr_en_i && pl_rd_store_i == dr_wr_store_i))
  // The data multiplexer follows the select: it must still name the store that was read.
  `HGCN_ASSUME(PlSelectHeld, |pl_rd_en_i |=> $stable(pl_rd_store_i))
  `HGCN_ASSUME(GatherSelectHeld, |ga_rd_en_i |=> $stable(ga_rd_store_i))

endmodule

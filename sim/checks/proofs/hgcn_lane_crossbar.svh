// SPDX-License-Identifier: Apache-2.0
// Each lane's read reaches the bank it names a cycle later, and its row and tag come back two after.

for (genvar l = 0; l < L; l++) begin : gen_law
  logic [1:0] asked_q;
  logic [1:0][BankBits-1:0] bank_q;
  logic [1:0][TagBits-1:0] tag_q;

  always_ff @(posedge clk_i) begin
    asked_q <= rst_ni ? {asked_q[0], valid_i[l]} : '0;
    bank_q <= {bank_q[0], bank_i[l]};
    tag_q <= {tag_q[0], tag_i[l]};
  end

  `HGCN_ASSERT(ReachesItsBank, valid_i[l] |=>
               rd_en_o[$past(bank_i[l])] && rd_addr_o[$past(bank_i[l])] == $past(addr_i[l]))
  `HGCN_ASSERT(RowComesBack, asked_q[1] |=> row_valid_o[l] &&
               row_o[l] == $past(rd_data_i[bank_q[1]]) && tag_o[l] == $past(tag_q[1]))
  `HGCN_ASSERT(NoRowUnasked, !asked_q[1] |=> !row_valid_o[l])

  // What makes the rules inductive
  `HGCN_ASSERT(AskedIsSent, asked_q == {valid_read_q[l], valid_sent_q[l]})
  `HGCN_ASSERT(SentIsAsked, asked_q[0] |-> bank_q[0] == bank_sent_q[l] && tag_q[0] == tag_sent_q[l])
  `HGCN_ASSERT(ReadIsAsked, asked_q[1] |-> bank_q[1] == bank_read_q[l] && tag_q[1] == tag_read_q[l])
end


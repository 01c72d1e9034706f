// SPDX-License-Identifier: Apache-2.0
// Any one item is followed through the FIFO: it leaves in its turn, with its own data.

logic follow;  // Driven by nobody: the prover picks the item
logic [CountBits-1:0] ahead_q;  // Items that leave before it
logic following_q;
logic [Width-1:0] item_q;

always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    following_q <= 1'b0;
  end else if (!following_q && follow && in_fire) begin
    following_q <= 1'b1;
    ahead_q <= count_q - count_t'(out_fire);
    item_q <= in_data_i;
  end else if (following_q && out_fire) begin
    following_q <= ahead_q != '0;
    ahead_q <= ahead_q - 1'b1;
  end
end

`HGCN_ASSERT(LeavesInTurn, following_q && ahead_q == '0 |-> out_valid_o && out_data_o == item_q)

// What makes the rules inductive
logic [31:0] place;
assign place = 32'(rd_ptr_q) + 32'(ahead_q);
`HGCN_ASSERT(PointersInRange, wr_ptr_q <= LastPtr && rd_ptr_q <= LastPtr)
`HGCN_ASSERT(PointersAgree, 32'(wr_ptr_q) == (32'(rd_ptr_q) + 32'(count_q)) % Depth)
`HGCN_ASSERT(FollowedIsHeld, following_q |-> ahead_q < count_q)
`HGCN_ASSERT(FollowedKeepsItsPlace, following_q |-> mem_q[PtrBits'(place % Depth)] == item_q)

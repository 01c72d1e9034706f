// SPDX-License-Identifier: Apache-2.0
// Any one granule is followed: it shows at the output after all before it, and keeps its value.

logic [31:0] pick;  // Driven by nobody: the prover picks the granule of the beat
logic follow, following_q;
held_t ahead_q;  // Granules that leave before it
logic [GranuleBits-1:0] item_q;

always_ff @(posedge clk_i) begin
  if (!rst_ni || clear_i) begin
    following_q <= 1'b0;
  end else if (!following_q && follow && in_fire && pick < In) begin
    following_q <= 1'b1;
    ahead_q <= kept_count + held_t'(pick);
    item_q <= GranuleBits'(in_data_i >> (pick * GranuleBits));
  end else if (following_q) begin
    following_q <= ahead_q >= taken;
    ahead_q <= ahead_q - taken;
  end
end

`HGCN_ASSERT(LeavesInTurn, following_q && 32'(ahead_q) < OutBytes / Granule |->
             GranuleBits'(out_data_o >> (32'(ahead_q) * GranuleBits)) == item_q)
`HGCN_ASSERT(NeverOverfull, held_q <= held_t'(Hold))

// What makes the rules inductive
`HGCN_ASSERT(FollowedIsHeld, following_q |-> ahead_q < held_q)
`HGCN_ASSERT(FollowedKeepsItsPlace,
             following_q |-> GranuleBits'(data_q >> (32'(ahead_q) * GranuleBits)) == item_q)
`HGCN_ASSERT(ZeroBeyondCount, (data_q >> (32'(held_q) * GranuleBits)) == '0)

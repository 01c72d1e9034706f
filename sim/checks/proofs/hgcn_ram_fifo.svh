// SPDX-License-Identifier: Apache-2.0
// Any one beat is followed through RAM and output register: it leaves in its turn, with its own data.

logic follow;  // Driven by nobody: the prover picks the beat
logic following_q, in_ram_q;
pointer_t place_q;  // Its pointer in the RAM
logic [Width-1:0] item_q;

always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    following_q <= 1'b0;
  end else if (!following_q && follow && in_fire) begin
    following_q <= 1'b1;
    in_ram_q <= 1'b1;
    place_q <= write_q;
    item_q <= in_data_i;
  end else if (following_q && in_ram_q) begin
    in_ram_q <= !(read && read_q == place_q);
  end else if (following_q && out_valid_o && out_ready_i) begin
    following_q <= 1'b0;
  end
end

`HGCN_ASSERT(LeavesInTurn, following_q && !in_ram_q |-> out_valid_o && out_data_o == item_q)

// What makes the rules inductive
`HGCN_ASSERT(NeverOverfull, pointer_t'(write_q - read_q) <= pointer_t'(Depth))
`HGCN_ASSERT(FollowedIsHeld,
             following_q && in_ram_q |-> pointer_t'(place_q - read_q) < pointer_t'(write_q - read_q))
`HGCN_ASSERT(FollowedKeepsItsPlace, following_q && in_ram_q |-> ram[place_q[AddrBits-1:0]] == item_q)

// SPDX-License-Identifier: Apache-2.0
// Beats arrive only for bursts that were taken: the memory's rule, which the FIFO's room rests on.

localparam int unsigned DueBits = 8 + BeatShift;
typedef logic [DueBits-1:0] due_t;
due_t due_q;  // Beats of bursts taken that have not arrived
due_t offered;
logic [CountBits-1:0] in_ram;

assign offered = due_t'(burst_lines_q) << BeatShift;
assign in_ram = u_fifo.write_q - u_fifo.read_q;

always_ff @(posedge clk_i) begin
  if (!rst_ni) due_q <= '0;
  else due_q <= due_q + (burst_valid_o && burst_ready_i ? offered : '0) - due_t'(in_valid_i);
end

`HGCN_ASSUME(BeatIsDue, in_valid_i |-> due_q != '0)

`HGCN_ASSERT(BurstNotEmpty, burst_valid_o |-> burst_lines_o != '0)
`HGCN_ASSERT(NeverOverbooked, reserved_q <= count_t'(FifoBeats))

// What makes the rules inductive
`HGCN_ASSERT(ReservedIsUsed, 32'(reserved_q) == 32'(due_q) + 32'(in_ram) + (burst_valid_q ? 32'(offered) : '0))

// SPDX-License-Identifier: Apache-2.0
// Assertions of a module: `HGCN_ASSERT` states our contract, `HGCN_ASSUME` the neighbour's. Both are checked in
// simulation. `HGCN_ASSUME_STREAM` states the compiler's rule of what a stream says. A damaged stream reaches its
// engine before its checksum has a verdict: a simulation that damages streams on purpose has `+hgcn_damaged`, which
// waives these alone. Synthesis sees none of it: the slang front end of Yosys rejects concurrent assertions. Pass
// SYNTHESIS to it.

`ifndef HGCN_ASSERT_SVH
`define HGCN_ASSERT_SVH

`ifdef SYNTHESIS

`define HGCN_ASSERT_ON(name, prop, clk, rst_n)
`define HGCN_ASSUME_ON(name, prop, clk, rst_n)
`define HGCN_ASSUME_STREAM(name, prop)

`else

// Inputs start random in simulation, the clock too: what looks like an edge at time 0 is none.
`define HGCN_ASSERT_ON(name, prop, clk, rst_n) \
  name : assert property (@(posedge clk) disable iff (!(rst_n) || $time == 0) (prop)) \
  else $error("%m");

`define HGCN_ASSUME_ON(name, prop, clk, rst_n) `HGCN_ASSERT_ON(name, prop, clk, rst_n)

`define HGCN_ASSUME_STREAM(name, prop) \
  name : assert property (@(posedge clk_i) disable iff (!rst_ni || $time == 0) (prop)) \
  else if (!$test$plusargs("hgcn_damaged")) $error("%m");

`endif

`define HGCN_ASSERT(name, prop) `HGCN_ASSERT_ON(name, prop, clk_i, rst_ni)
`define HGCN_ASSUME(name, prop) `HGCN_ASSUME_ON(name, prop, clk_i, rst_ni)

`endif

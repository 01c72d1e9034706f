// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Writes streams of beats through one AXI4 write master.
///
/// Handshake   ready/valid (hw/README.md); AXI4 INCR bursts of id 0, within 1 KiB. `bready` is always high.
/// Latency     2 cycles, last beat of a burst accepted to AWVALID and WVALID, when a command is waiting.
/// Throughput  1 beat/cycle; up to `Bursts` bursts outstanding.
/// Paths       `stop_i` to `in_ready_o` and `cmd_ready_o`.
/// Requires    `stop_i` stays high until `idle_o`. As many beats as the commands name.
/// Model       sim/benches/memory/test_axi_write.py.
///
/// AWVALID waits until the FIFO holds the whole burst, so a started burst never lacks data: after `stop_i` it
/// ends with its own beats and needs no padding. `stop_i` forgets the rest, takes no more, and awaits the responses.
module hgcn_axi_write
  import hgcn_pkg::*;
  import hgcn_axi_pkg::*;
  import hgcn_isa_pkg::*;
#(
  parameter int unsigned Bursts   = 16,  // Most bursts outstanding, power of two
  parameter int unsigned Commands = 4    // Commands queued, power of two
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous

  input  logic        cmd_valid_i,
  output logic        cmd_ready_o,
  input  line_t cmd_line_i,   // Byte address / 64
  input  logic [31:0] cmd_lines_i,
  input  logic [23:0] cmd_tag_i,    // Command index, returned with an error

  input  logic  in_valid_i,
  output logic  in_ready_o,
  input  beat_t in_data_i,

  input  logic        stop_i,
  output logic        idle_o,          // Nothing queued, every response in
  output logic        busy_o,          // A W beat moves
  output logic        stalled_o,       // Something to write, no W beat moves
  output logic        handshake_o,     // AW, W or B moves
  output logic        bad_response_o,  // Pulse: BRESP was an error
  output logic [23:0] bad_response_tag_o,

  output axi_write_request_t  m_axi_o,
  input  axi_write_response_t m_axi_i
);

  localparam int unsigned BurstBeats = 16 * BeatsPerLine;
  localparam int unsigned FifoBeats = 4 * BurstBeats;
  localparam int unsigned CountBits = $clog2(FifoBeats) + 2;  // The FIFO holds one more than its RAM
  localparam int unsigned IndexBits = $clog2(Commands);
  localparam int unsigned OrderBits = $clog2(Bursts);

  if (2 ** OrderBits != Bursts || 2 ** IndexBits != Commands) begin : gen_bad_sizes
    $fatal(1, "Bursts and Commands must be powers of two, got %0d and %0d", Bursts, Commands);
  end

  typedef logic [CountBits-1:0] count_t;
  typedef logic [IndexBits:0] index_t;
  typedef logic [OrderBits:0] order_t;
  typedef struct packed {
    line_t line;
    logic [31:0] lines;
    logic [23:0] tag;
  } write_t;

  logic clear, drained;  // Under stop, all state is cleared once no burst is under way

  // Commands
  write_t queue_q[Commands], head;
  index_t cmd_write_q, cmd_read_q;
  logic cmd_fire, load;

  assign cmd_ready_o = !stop_i && cmd_write_q != {~cmd_read_q[IndexBits], cmd_read_q[IndexBits-1:0]};
  assign cmd_fire    = cmd_valid_i && cmd_ready_o;
  assign head        = queue_q[cmd_read_q[IndexBits-1:0]];

  // Bursts: a burst is claimed when all of its beats are in the FIFO.
  line_t line_q;
  logic [31:0] left_q;
  logic [23:0] tag_q;
  logic [4:0] to_boundary, chunk;
  count_t unclaimed_q, chunk_beats;
  logic in_fire, claim, aw_valid_q, order_full;
  logic [63:0] aw_addr_q;
  logic [7:0] aw_len_q, chunk_len;

  assign to_boundary = 5'd16 - {1'b0, line_q[3:0]};
  assign chunk       = left_q < 32'(to_boundary) ? left_q[4:0] : to_boundary;
  assign chunk_beats = count_t'(chunk) << BeatShift;
  assign chunk_len   = (8'(chunk) << BeatShift) - 8'd1;
  assign load        = left_q == '0 && cmd_write_q != cmd_read_q;
  assign claim       = left_q != '0 && unclaimed_q >= chunk_beats && !order_full && !stop_i && (!aw_valid_q || m_axi_i.awready);

  always_ff @(posedge clk_i) begin
    if (clear) begin
      cmd_write_q <= '0;
      cmd_read_q  <= '0;
      left_q      <= '0;
      unclaimed_q <= '0;
      aw_valid_q  <= 1'b0;
    end else begin
      if (cmd_fire) cmd_write_q <= cmd_write_q + 1'b1;
      if (load) cmd_read_q <= cmd_read_q + 1'b1;
      if (load) left_q <= head.lines;
      else if (claim) left_q <= left_q - 32'(chunk);
      unclaimed_q <= unclaimed_q + count_t'(in_fire) - (claim ? chunk_beats : '0);
      aw_valid_q  <= claim || (aw_valid_q && !m_axi_i.awready);
    end
    if (cmd_fire) queue_q[cmd_write_q[IndexBits-1:0]] <= '{line: cmd_line_i, lines: cmd_lines_i, tag: cmd_tag_i};
    if (load) begin
      line_q <= head.line;
      tag_q  <= head.tag;
    end else if (claim) begin
      line_q <= line_q + line_t'(chunk);
    end
    if (claim) begin
      aw_addr_q <= {line_q, LineShift'(0)};
      aw_len_q  <= chunk_len;
    end
  end

  // Bursts under way: written by AW, walked by W and by B.
  typedef struct packed {
    logic [7:0]  len;
    logic [23:0] tag;
  } burst_t;

  burst_t order_q[Bursts], w_burst, b_burst;
  order_t order_write_q, order_w_q, order_b_q;
  beat_t w_data;
  logic [7:0] w_beat_q;
  logic w_active, w_valid, w_last, w_fire, fifo_ready, fifo_valid, fifo_freed, b_valid_q, b_error_q;

  assign order_full = order_write_q == {~order_b_q[OrderBits], order_b_q[OrderBits-1:0]};
  assign w_active   = order_write_q != order_w_q;
  assign w_burst    = order_q[order_w_q[OrderBits-1:0]];
  assign b_burst    = order_q[order_b_q[OrderBits-1:0]];
  assign w_valid    = fifo_valid && w_active;
  assign w_last     = w_beat_q == w_burst.len;
  assign w_fire     = w_valid && m_axi_i.wready;

  always_ff @(posedge clk_i) begin
    if (clear) begin
      order_write_q <= '0;
      order_w_q     <= '0;
      order_b_q     <= '0;
      w_beat_q      <= '0;
      b_valid_q     <= 1'b0;
    end else begin
      if (claim) order_write_q <= order_write_q + 1'b1;
      if (w_fire) begin
        w_beat_q <= w_last ? '0 : w_beat_q + 8'd1;
        if (w_last) order_w_q <= order_w_q + 1'b1;
      end
      b_valid_q <= m_axi_i.bvalid;
      if (b_valid_q) order_b_q <= order_b_q + 1'b1;
    end
    b_error_q <= m_axi_i.bresp[1];
    if (claim) order_q[order_write_q[OrderBits-1:0]] <= '{len: chunk_len, tag: tag_q};
  end

  hgcn_ram_fifo #(
    .Width(AxiBits),
    .Depth(FifoBeats)
  ) u_fifo (
    .clk_i,
    .rst_ni     (!clear),
    .in_valid_i (in_fire),
    .in_ready_o (fifo_ready),
    .in_data_i,
    .out_valid_o(fifo_valid),
    .out_ready_i(w_active && m_axi_i.wready),
    .out_data_o (w_data),
    .freed_o    (fifo_freed)
  );

  assign in_ready_o = fifo_ready && !stop_i;
  assign in_fire    = in_valid_i && in_ready_o;

  assign m_axi_o = '{
    awvalid: aw_valid_q,
    awaddr: aw_addr_q,
    awlen: aw_len_q,
    awsize: BeatSize,
    awburst: BurstIncr,
    awcache: CacheBufferable,
    wvalid: w_valid,
    wdata: w_data,
    wstrb: '1,
    wlast: w_last,
    bready: 1'b1,
    default: '0
  };

  assign drained            = !aw_valid_q && order_write_q == order_b_q && !b_valid_q;
  assign clear              = !rst_ni || (stop_i && drained);
  assign idle_o             = drained && left_q == '0 && cmd_write_q == cmd_read_q && unclaimed_q == '0;
  assign busy_o             = w_fire;
  assign stalled_o          = !idle_o && !w_fire;
  assign handshake_o        = w_fire || b_valid_q || (aw_valid_q && m_axi_i.awready);
  assign bad_response_o     = b_valid_q && b_error_q;
  assign bad_response_tag_o = b_burst.tag;

  // W reads the length of a burst, B its tag; BRESP is an error when bit 1 is set; all bursts have
  // one id; room is counted at this end.
  logic unused;
  assign unused = ^{b_burst.len, w_burst.tag, m_axi_i.bresp[0], m_axi_i.bid, fifo_freed};

  `HGCN_ASSERT(AwHeld, m_axi_o.awvalid && !m_axi_i.awready |=> m_axi_o.awvalid && $stable({m_axi_o.awaddr, m_axi_o.awlen}))
  `HGCN_ASSERT(WHeld, m_axi_o.wvalid && !m_axi_i.wready |=> m_axi_o.wvalid && $stable({m_axi_o.wdata, m_axi_o.wlast}))
  `HGCN_ASSERT(AwWithin4KiB, m_axi_o.awvalid |-> 32'(m_axi_o.awaddr[11:0]) + (32'(m_axi_o.awlen) + 1) * AxiBytes <= 4096)
  `HGCN_ASSERT(WHasData, w_active |-> fifo_valid)
  `HGCN_ASSUME(CommandHasLines, cmd_valid_i |-> cmd_lines_i != '0)
  `HGCN_ASSUME(ResponseWasAsked, b_valid_q |-> order_w_q != order_b_q)
  `HGCN_ASSUME(StopHeld, stop_i && !idle_o |=> stop_i)
  `HGCN_ASSERT(StoppedTakesNoCommand, stop_i |-> !cmd_ready_o && !in_ready_o)

endmodule

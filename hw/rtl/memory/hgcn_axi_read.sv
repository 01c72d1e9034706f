// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Six stream readers on one AXI4 read master; checks every stream's checksum as its beats arrive.
///
/// Clients are those of `read_client_e`.
///
/// Handshake   ready/valid (hw/README.md); AXI4 INCR bursts of id 0, within 1 KiB. `rready` is always high.
/// Latency     4 cycles, command to ARVALID of an idle reader; 3 cycles, R beat to `out_valid_o`;
///             6 cycles, last R beat of a stream to `bad_checksum_o`.
/// Throughput  1 beat/cycle over all clients; up to `Bursts` bursts outstanding, granted round-robin.
/// Paths       `stop_i` to `cmd_ready_o`.
/// Requires    `stop_i` stays high until `idle_o`. Commands of at least one line. In-order responses.
/// Model       sim/benches/memory/test_axi_read.py.
///
/// No client can block another: a burst is issued only for room reserved in its client's FIFO.
/// `stop_i` forgets all commands and buffered beats, takes none, and swallows what is outstanding.
module hgcn_axi_read
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_axi_pkg::*;
#(
  parameter  int unsigned Bursts    = 16,   // Most bursts outstanding, power of two
  // One block RAM is 512 deep at 72 bits; less would not be cheaper
  parameter  int unsigned FifoBeats = 512,
  localparam int unsigned Clients   = ReadClients
) (
  input logic clk_i,
  input logic rst_ni,  // Synchronous

  // One command at a time, to the clients whose valid is set
  input  logic [Clients-1:0] cmd_valid_i,
  output logic [Clients-1:0] cmd_ready_o,
  input  line_t cmd_line_i,   // Byte address / 64
  input  logic [       31:0] cmd_lines_i,
  input  logic [       31:0] cmd_s1_i,
  input  logic [       31:0] cmd_s2_i,
  input  logic [       23:0] cmd_tag_i,    // Command index, returned with an error

  output logic  [Clients-1:0] out_valid_o,
  input  logic  [Clients-1:0] out_ready_i,
  output beat_t               out_data_o[Clients],

  input  logic        stop_i,
  output logic        idle_o,          // Nothing queued, outstanding or unchecked
  output logic        busy_o,          // An R beat arrives
  output logic        stalled_o,       // Bursts are outstanding, no R beat
  output logic        handshake_o,     // AR or R moves
  output logic        bad_checksum_o,  // Pulse
  output logic [23:0] bad_checksum_tag_o,
  output logic        bad_response_o,  // Pulse: RRESP was an error
  output logic [23:0] bad_response_tag_o,

  output axi_read_request_t  m_axi_o,
  input  axi_read_response_t m_axi_i
);

  localparam int unsigned ClientBits = $clog2(Clients);
  localparam int unsigned OrderBits = $clog2(Bursts);
  // The record client never has more than two bursts of use: commands are parsed one by one.
  localparam int unsigned RecordBeats = 32 * BeatsPerLine;

  if (2 ** OrderBits != Bursts) begin : gen_bad_bursts
    $fatal(1, "Bursts must be a power of two, got %0d", Bursts);
  end

  typedef logic [ClientBits-1:0] client_t;
  typedef logic [OrderBits:0] pointer_t;

  // R beats are registered; nothing can hold them up.
  logic r_valid_q, r_last_q, r_error_q;
  beat_t r_data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) r_valid_q <= 1'b0;
    else r_valid_q <= m_axi_i.rvalid;
    r_data_q  <= m_axi_i.rdata;
    r_last_q  <= m_axi_i.rlast;
    r_error_q <= m_axi_i.rresp[1];
  end

  // Clients
  client_t r_client;
  logic client_rst_n, in_valid;
  logic [Clients-1:0] burst_valid, burst_ready, client_in_valid, client_idle, client_ready;
  line_t burst_line[Clients];
  logic [4:0] burst_lines[Clients];
  logic [Clients-1:0] in_last;
  logic [31:0] in_s1[Clients], in_s2[Clients];
  logic [23:0] in_tag[Clients];

  assign client_rst_n = rst_ni && !stop_i;
  assign in_valid     = r_valid_q && !stop_i;
  assign cmd_ready_o  = stop_i ? '0 : client_ready;

  for (genvar i = 0; i < Clients; i++) begin : gen_client
    assign client_in_valid[i] = in_valid && r_client == client_t'(i);

    hgcn_stream_reader #(
      .FifoBeats(i == int'(ReadRecords) ? RecordBeats : FifoBeats)
    ) u_reader (
      .clk_i,
      .rst_ni       (client_rst_n),
      .cmd_valid_i  (cmd_valid_i[i]),
      .cmd_ready_o  (client_ready[i]),
      .cmd_line_i,
      .cmd_lines_i,
      .cmd_s1_i,
      .cmd_s2_i,
      .cmd_tag_i,
      .burst_valid_o(burst_valid[i]),
      .burst_ready_i(burst_ready[i]),
      .burst_line_o (burst_line[i]),
      .burst_lines_o(burst_lines[i]),
      .in_valid_i   (client_in_valid[i]),
      .in_data_i    (r_data_q),
      .in_last_o    (in_last[i]),
      .in_s1_o      (in_s1[i]),
      .in_s2_o      (in_s2[i]),
      .in_tag_o     (in_tag[i]),
      .out_valid_o  (out_valid_o[i]),
      .out_ready_i  (out_ready_i[i]),
      .out_data_o   (out_data_o[i]),
      .idle_o       (client_idle[i])
    );
  end

  // Grant round-robin, from the client after the last one granted.
  client_t turn_q, grant;
  logic grant_any, grant_fire, order_full;
  logic ar_valid_q;
  logic [63:0] ar_addr_q;
  logic [7:0] ar_len_q;

  always_comb begin
    grant     = turn_q;
    grant_any = 1'b0;
    for (int unsigned i = 1; i <= Clients; i++) begin
      automatic int unsigned candidate = 32'(turn_q) + i;
      if (candidate >= Clients) candidate = candidate - Clients;
      if (!grant_any && burst_valid[client_t'(candidate)]) begin
        grant     = client_t'(candidate);
        grant_any = 1'b1;
      end
    end
  end

  assign grant_fire = grant_any && !stop_i && !order_full && (!ar_valid_q || m_axi_i.arready);

  always_comb begin
    burst_ready = '0;
    if (grant_fire) burst_ready[grant] = 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ar_valid_q <= 1'b0;
      turn_q     <= '0;
    end else begin
      ar_valid_q <= grant_fire || (ar_valid_q && !m_axi_i.arready);
      if (grant_fire) turn_q <= grant;
    end
    if (grant_fire) begin
      ar_addr_q <= {burst_line[grant], LineShift'(0)};
      ar_len_q  <= (8'(burst_lines[grant]) << BeatShift) - 8'd1;
    end
  end

  assign m_axi_o = '{
      arvalid: ar_valid_q,
      araddr: ar_addr_q,
      arlen: ar_len_q,
      arsize: BeatSize,
      arburst: BurstIncr,
      arcache: CacheBufferable,
      rready: 1'b1,
      default: '0
    };

  // Whose burst comes next: in-order responses make a queue enough.
  client_t order_q[Bursts];
  pointer_t order_write_q, order_read_q;
  logic order_empty, order_pop;

  assign order_full  = order_write_q == {~order_read_q[OrderBits], order_read_q[OrderBits-1:0]};
  assign order_empty = order_write_q == order_read_q;
  assign order_pop   = r_valid_q && r_last_q;
  assign r_client    = order_q[order_read_q[OrderBits-1:0]];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      order_write_q <= '0;
      order_read_q  <= '0;
    end else begin
      if (grant_fire) order_write_q <= order_write_q + 1'b1;
      if (order_pop) order_read_q <= order_read_q + 1'b1;
    end
    if (grant_fire) order_q[order_write_q[OrderBits-1:0]] <= grant;
  end

  logic checksum_idle;

  hgcn_checksum #(
    .Streams(Clients)
  ) u_checksum (
    .clk_i,
    .rst_ni     (client_rst_n),
    .in_valid_i (in_valid),
    .in_stream_i(r_client),
    .in_data_i  (r_data_q),
    .in_last_i  (in_last[r_client]),
    .in_s1_i    (in_s1[r_client]),
    .in_s2_i    (in_s2[r_client]),
    .in_tag_i   (in_tag[r_client]),
    .bad_o      (bad_checksum_o),
    .bad_tag_o  (bad_checksum_tag_o),
    .idle_o     (checksum_idle)
  );

  assign bad_response_o     = in_valid && r_error_q;
  assign bad_response_tag_o = in_tag[r_client];
  assign idle_o             = &client_idle && order_empty && !ar_valid_q && !r_valid_q && checksum_idle;
  assign busy_o             = r_valid_q;
  assign stalled_o          = !order_empty && !r_valid_q;
  assign handshake_o        = r_valid_q || (ar_valid_q && m_axi_i.arready);

  // RRESP is an error when bit 1 is set (SLVERR, DECERR); all bursts have one id.
  logic unused;
  assign unused = ^{m_axi_i.rresp[0], m_axi_i.rid};

  `HGCN_ASSERT(ArHeld, m_axi_o.arvalid && !m_axi_i.arready |=> m_axi_o.arvalid && $stable({m_axi_o.araddr, m_axi_o.arlen}))
  `HGCN_ASSERT(ArWithin4KiB, m_axi_o.arvalid |-> 32'(m_axi_o.araddr[11:0]) + (32'(m_axi_o.arlen) + 1) * AxiBytes <= 4096)
  `HGCN_ASSUME(BeatWasAsked, r_valid_q |-> !order_empty)
  `HGCN_ASSUME(StopHeld, stop_i && !idle_o |=> stop_i)
  `HGCN_ASSERT(StoppedTakesNoCommand, stop_i |-> cmd_ready_o == '0)

endmodule

// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// PLIO C packets into the row-block sums, and the drain's view of them.
///
/// A beat is 4 features of one row, the same 4 in all columns of a PE row. So the sums lie in parts: one for each
/// 4 features and row of a line of DrainRows rows. Each serves another PE row every cycle, so PE rows that work on
/// different features, or on rows at different places of a line, merge side by side. Rows with the same tag never
/// do: the later one's header waits. The drain reads all parts at once.
///
///   headers (one a cycle) -> a beat counter per PE row -> hgcn_merge_part: arbiter -> read -> add, write
///
/// It has no part in a soft reset: after `stop_i` rises it forgets its command, takes no other, and takes what still
/// comes, until every packet begun on PLIO A has been answered on every port.
///
/// Handshake   Command as in hw/README.md; AXI4-Stream in, all C columns of a PE row together.
/// Latency     2 cycles, last beat to `idle_o`. `sum_data_o`: 2 cycles with `sum_ce_i`.
/// Throughput  One PE row: T*N/4 + 1 cycles a packet. All: a beat (of C columns) of each PE row a cycle, as far
///             as they go to different parts, of which there are N/4 * DrainRows.
/// Paths       `plio_c_tvalid_i` and `stop_i` to `plio_c_tready_o`; `stop_i` to `cmd_ready_o`.
/// Requires    `sum_rd_i` never reads the buffer of the command under way. Of a command's packets, all of
///             any PE row come before the next command's. At most 255 packets of a PE row are under way.
///             `stop_i` stays until `quiet_o`.
/// Model       sim/benches/array/plio_model.py, RowBlockSums.
module hgcn_merge
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_array_pkg::*;
#(
  localparam int unsigned LineAddrBits = $clog2(TileRows / DrainRows)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic stop_i,

  input  logic        cmd_valid_i,
  output logic        cmd_ready_o,
  input  logic        cmd_buffer_i,
  input  logic        cmd_clear_i,
  input  logic [31:0] cmd_packets_i,  // Of all PE rows; the C columns' packets of one count once
  output logic        idle_o,
  output logic        busy_o,
  output logic        stalled_o,
  output logic        bad_packet_o,   // Pulse: a header or tlast against docs/plio.md

  input  logic [R-1:0] begun_i,  // Pulse: a packet of the PE row will be sent
  output logic         quiet_o,  // All packets begun have been answered

  input  logic  [R*C-1:0] plio_c_tvalid_i,  // Port of PE (r, c): r*C + c
  output logic  [R*C-1:0] plio_c_tready_o,
  input  plio_t [R*C-1:0] plio_c_tdata_i,
  input  logic  [R*C-1:0] plio_c_tlast_i,

  input  logic                     sum_ce_i,
  input  logic                     sum_rd_i,
  input  logic                     sum_buffer_i,
  input  logic [ LineAddrBits-1:0] sum_line_i,
  output sums_t [   DrainRows-1:0] sum_data_o
);

  localparam int unsigned Chunks = N / ChunkFeatures;  // Per column
  localparam int unsigned BlockChunks = N0 / ChunkFeatures;
  localparam int unsigned Beats = T * Chunks;  // Of a packet
  localparam int unsigned BeatBits = $clog2(Beats);
  localparam int unsigned ChunkBits = Chunks > 1 ? $clog2(Chunks) : 1;
  localparam int unsigned TagBits = $clog2(Blocks);
  localparam int unsigned BlockRowBits = $clog2(T);
  localparam int unsigned UnderWayBits = 8;

  if (M0 != 4 || (1 << BeatBits) != Beats || (1 << BlockRowBits) != T || T % DrainRows != 0) begin : gen_bad_sizes
    $fatal(1, "T and N must be powers of two, T of whole lines, got %0d, %0d and %0d", T, N, DrainRows);
  end

  typedef logic [BeatBits-1:0] beat_count_t;
  typedef logic [TagBits-1:0] tag_t;
  typedef logic [LineAddrBits-1:0] line_addr_t;
  typedef logic [ChunkBits-1:0] chunk_t;

  // A beat's place: M0 row group, then N0 block, then row in the group, then 4 features of the block.
  function automatic chunk_t chunk_of(beat_count_t beat);
    int unsigned in_group;
    in_group = 32'(beat) % (4 * Chunks);
    return chunk_t'(in_group / (4 * BlockChunks) * BlockChunks + in_group % BlockChunks);
  endfunction

  function automatic logic [BlockRowBits-1:0] row_of(beat_count_t beat);
    return BlockRowBits'(32'(beat) / (4 * Chunks) * 4 + 32'(beat) / BlockChunks % 4);
  endfunction

  // Command
  logic active_q, buffer_q, cmd_fire, pipe_busy, header_take;
  logic [31:0] packets_q;  // Whose headers are still to come
  logic [R-1:0] row_active_q;

  assign cmd_ready_o = !active_q && !stop_i;
  assign idle_o = !active_q;
  assign cmd_fire = cmd_valid_i && cmd_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || stop_i) begin
      active_q <= 1'b0;
      packets_q <= '0;
    end else if (cmd_fire) begin
      active_q <= 1'b1;
      packets_q <= cmd_packets_i;
    end else begin
      if (packets_q == '0 && row_active_q == '0) active_q <= 1'b0;  // As the last sum is written
      if (header_take) packets_q <= packets_q - 32'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_fire) buffer_q <= cmd_buffer_i;
  end

  // Headers: the oldest waiting PE row whose block is not being merged
  logic [R-1:0] row_valid, row_last, row_bad, row_locked, header_req, header, beat_take, beat_last;
  logic [R-1:0] fresh_q;  // Its packet is the first of its block: overwrite
  logic [R-1:0] row_tag_bad;
  tag_t [R-1:0] row_tag, tag_q;
  beat_count_t [R-1:0] beat_q;
  logic [RowBitsR-1:0] from_q;  // First in line
  tag_t header_tag;
  logic [1:0][Blocks-1:0] touched_q;
  logic bad_q;

  for (genvar r = 0; r < R; r++) begin : gen_row
    logic [C-1:0] same;
    logic [C-1:0] ends;
    plio_header_t first;  // Of column 0
    logic unused_bits;

    assign first       = plio_c_tdata_i[r*C];
    assign unused_bits = ^first;

    for (genvar c = 0; c < C; c++) begin : gen_same
      plio_header_t header_c;
      logic unused_header;
      assign header_c    = plio_c_tdata_i[r*C+c];
      assign unused_header = ^header_c;
      assign same[c]     = {header_c.magic, header_c.unused_33, header_c.int8, header_c.slices, header_c.tag}
                           == {first.magic, first.unused_33, first.int8, first.slices, first.tag};
      assign ends[c] = plio_c_tlast_i[r*C+c] == beat_last[r];
      assign plio_c_tready_o[r*C+c] = stop_i || header[r] || beat_take[r];
    end

    assign row_valid[r] = &plio_c_tvalid_i[r*C +: C];
    assign row_tag[r] = first.tag[TagBits-1:0];
    assign row_tag_bad[r] = 32'(first.tag) >= Blocks;
    assign row_bad[r] = row_active_q[r] ? ends != '1 : same != '1 || row_tag_bad[r]
                        || first.magic != PacketMagicC || row_last[r];
    assign row_last[r] = |plio_c_tlast_i[r*C +: C];
    assign beat_last[r] = beat_q[r] == beat_count_t'(Beats - 1);
  end

  always_comb begin
    for (int unsigned r = 0; r < R; r++) begin
      row_locked[r] = 1'b0;
      for (int unsigned o = 0; o < R; o++) begin
        if (row_active_q[o] && tag_q[o] == row_tag[r]) row_locked[r] = 1'b1;
      end
      header_req[r] = row_valid[r] && !row_active_q[r] && !row_locked[r] && packets_q != '0;
    end
  end

  assign header = pick(header_req, from_q);
  assign header_take = header != '0;

  always_comb begin
    header_tag = '0;
    for (int unsigned r = 0; r < R; r++) begin
      if (header[r]) header_tag |= row_tag[r];
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || stop_i) begin
      row_active_q <= '0;
      from_q <= '0;
      bad_q <= 1'b0;
      touched_q <= '0;
    end else begin
      bad_q <= |((header | beat_take) & row_bad);
      if (cmd_fire && cmd_clear_i) touched_q[cmd_buffer_i] <= '0;
      if (header_take) touched_q[buffer_q][header_tag] <= 1'b1;
      for (int unsigned r = 0; r < R; r++) begin
        if (header[r]) begin
          row_active_q[r] <= 1'b1;
          from_q <= r == R - 1 ? '0 : RowBitsR'(r + 1);  // Back of the line
        end else if (beat_take[r] && beat_last[r]) begin
          row_active_q[r] <= 1'b0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned r = 0; r < R; r++) begin
      if (header[r]) begin
        tag_q[r] <= row_tag[r];
        fresh_q[r] <= !touched_q[buffer_q][header_tag];
        beat_q[r] <= '0;
      end else if (beat_take[r]) begin
        beat_q[r] <= beat_q[r] + 1'b1;
      end
    end
  end

  assign bad_packet_o = bad_q;

  // Packets begun and not yet answered, by port: an early or late tlast must not mislead the others
  logic [R*C-1:0][UnderWayBits-1:0] under_way_q;

  assign quiet_o = under_way_q == '0;

  for (genvar p = 0; p < R * C; p++) begin : gen_under_way
    logic answered;
    assign answered = plio_c_tvalid_i[p] && plio_c_tready_o[p] && plio_c_tlast_i[p] && under_way_q[p] != '0;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) under_way_q[p] <= '0;
      else under_way_q[p] <= under_way_q[p] + UnderWayBits'(begun_i[p/C]) - UnderWayBits'(answered);
    end

    `HGCN_ASSERT(UnderWayFits, begun_i[p/C] && !answered |-> under_way_q[p] != '1)
  end

  // Parts: one PE row each per cycle. A block's beat comes again T*N/4 beats later at the earliest, long
  // after its write.
  logic [Chunks-1:0][DrainRows-1:0][R-1:0] grant;
  logic [Chunks-1:0][DrainRows-1:0] part_busy;
  sums_word_t [1:0][Chunks-1:0][DrainRows-1:0] sums;  // Last word read
  sums_word_t [R-1:0] row_word;
  line_addr_t [R-1:0] row_line;
  logic [1:0] reads;

  assign pipe_busy = part_busy != '0;
  assign busy_o = beat_take != '0;
  assign stalled_o = active_q && !busy_o;
  assign reads = sum_ce_i && sum_rd_i ? 2'b01 << sum_buffer_i : 2'b00;

  always_comb begin
    beat_take = '0;
    for (int unsigned q = 0; q < Chunks; q++) begin
      for (int unsigned i = 0; i < DrainRows; i++) beat_take |= grant[q][i];
    end
  end

  for (genvar r = 0; r < R; r++) begin : gen_place
    assign row_word[r] = plio_c_tdata_i[r*C +: C];
    assign row_line[r] = line_addr_t'(32'({tag_q[r], row_of(beat_q[r])}) / DrainRows);
  end

  for (genvar q = 0; q < Chunks; q++) begin : gen_chunk
    for (genvar i = 0; i < DrainRows; i++) begin : gen_row_of_line
      logic [R-1:0] req;
      sums_word_t [1:0] part_sums;

      always_comb begin
        for (int unsigned r = 0; r < R; r++) begin
          req[r] = row_valid[r] && row_active_q[r] && chunk_of(beat_q[r]) == chunk_t'(q) &&
            32'(row_of(beat_q[r])) % DrainRows == i;
        end
      end

      hgcn_merge_part u_part (
        .clk_i,
        .rst_ni,
        .from_i(from_q),
        .buffer_i(buffer_q),
        .req_i(req),
        .fresh_i(fresh_q),
        .line_i(row_line),
        .word_i(row_word),
        .grant_o(grant[q][i]),
        .busy_o(part_busy[q][i]),
        .read_i(reads),
        .read_line_i(sum_line_i),
        .sums_o(part_sums)
      );

      assign sums[0][q][i] = part_sums[0];
      assign sums[1][q][i] = part_sums[1];
    end
  end

  // Drain
  logic got_buffer_q, got_touched_q, got_rd_q;

  always_ff @(posedge clk_i) begin
    if (sum_ce_i) begin
      got_rd_q <= sum_rd_i;
      if (sum_rd_i) begin
        got_buffer_q <= sum_buffer_i;
        got_touched_q <= touched_q[sum_buffer_i][tag_t'(32'(sum_line_i) / (T / DrainRows))];
      end
      if (got_rd_q) begin
        for (int unsigned i = 0; i < DrainRows; i++) begin
          for (int unsigned c = 0; c < C; c++) begin
            for (int unsigned q = 0; q < Chunks; q++) begin
              sum_data_o[i][(c*N+q*4)*32+:PlioBits] <=
                  got_touched_q ? sums[got_buffer_q][q][i][c*PlioBits+:PlioBits] : '0;
            end
          end
        end
      end
    end
  end

  `HGCN_ASSUME(OtherBuffer, sum_ce_i && sum_rd_i && active_q |-> sum_buffer_i != buffer_q)
  `HGCN_ASSUME(StopHeld, stop_i && !quiet_o |=> stop_i)
  `HGCN_ASSERT(StoppedTakesNoCommand, stop_i |-> !cmd_ready_o)
  `HGCN_ASSERT(OnePartEach, $countones(beat_take) <= Chunks * DrainRows)
  `HGCN_ASSERT(IdleIsDone, idle_o && !stop_i |-> row_active_q == '0 && !pipe_busy)
  for (genvar p = 0; p < R * C; p++) begin : gen_held
    `HGCN_ASSUME(CHeld, plio_c_tvalid_i[p] && !plio_c_tready_o[p] |=>
                 plio_c_tvalid_i[p] && $stable({plio_c_tdata_i[p], plio_c_tlast_i[p]}))
  end

endmodule

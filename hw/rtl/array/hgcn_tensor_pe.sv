// SPDX-License-Identifier: Apache-2.0
`include "hgcn_assert.svh"

/// Tensor PE: output stationary, one M0 x 8 by 8 x N0 int8 product a cycle.
///
/// A block (M0 rows by 8) is used against every N0-block of the B slice as it arrives, so A needs no
/// slice buffer. B slices are double buffered: one loads while the other computes. Sums stay in
/// `acc_mem_q` until the packet's last slice, whose sums go to `out_mem_q` instead; from there they
/// leave while the next packet already computes. Only a next packet's last slice can wait for room.
///
/// Handshake   ready/valid (hw/README.md). `a_last_i` and `b_last_i` are checked, not used.
/// Latency     First beat of C: `Steps * (S - 1) + 6` cycles after the later of the first slice's
///             first A block and last B beat, when the streams keep up.
/// Throughput  One step a cycle; a slice takes max(Steps, its A beats, its B beats) cycles, a packet
///             no less than its header and beats on any of its three streams.
/// Paths       None from input to output; readys depend on registers (`c_ready_i` to none of them).
/// Requires    Packets of docs/plio.md; the n-th packet of A and of B agree in tag and slices.
/// Model       sim/benches/array/plio_model.py, bit for bit.
module hgcn_tensor_pe
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,  // Synchronous

  input  logic  a_valid_i,
  output logic  a_ready_o,
  input  plio_t a_data_i,
  input  logic  a_last_i,

  input  logic  b_valid_i,
  output logic  b_ready_o,
  input  plio_t b_data_i,
  input  logic  b_last_i,

  output logic  c_valid_o,
  input  logic  c_ready_i,
  output plio_t c_data_o,
  output logic  c_last_o
);

  localparam int unsigned Steps = MBlocks * NBlocks;
  localparam int unsigned ABits = M0 * K0 * 8;  // An A block, int8
  localparam int unsigned BBits = K0 * N0 * 8;  // A B block
  localparam int unsigned WordBits = M0 * N0 * SumBits;  // A C block
  localparam int unsigned DotBits = 19;  // Sum of 8 int8 products
  localparam int unsigned BBeats = K0 * N / PlioBytes;  // Of a slice
  localparam int unsigned BlockBeats = K0 * N0 / PlioBytes;  // Of a B block
  localparam int unsigned WordBeats = WordBits / PlioBits;  // Of a C block
  localparam int unsigned StepBits = $clog2(Steps);
  localparam int unsigned MBits = $clog2(MBlocks);
  localparam int unsigned NBits = NBlocks > 1 ? $clog2(NBlocks) : 1;
  localparam int unsigned BBeatBits = $clog2(BBeats);
  localparam int unsigned BlockBeatBits = $clog2(BlockBeats);
  localparam int unsigned WordBeatBits = $clog2(WordBeats);

  if (M0 != 4 || K0 != 8 || Steps < 4 || (1 << StepBits) != Steps) begin : gen_bad_steps
    $fatal(1, "Steps must be a power of two, at least 4, got %0d", Steps);
  end

  typedef logic [StepBits-1:0] step_t;
  typedef struct packed {
    logic        int8;
    slices_t slices;
    tag_t tag;
  } meta_t;

  plio_header_t a_header, b_header, c_header;
  assign a_header = a_data_i;
  assign b_header = b_data_i;

  logic unused;
  assign unused = ^{a_header, b_header};

  // A: header, then blocks. Int8: two beats a block, the first waits in `lo_q`. Binary: four blocks
  // a beat, in the low half of `blk_q`.
  logic a_head_q, lo_valid_q, blk_valid_q, blk_first_q, blk_last_q, a_first_q;
  slices_t a_left_q;  // Slices to come, with this one
  logic [MBits-1:0] a_m_q;  // First M0-block of the next A beat or pair
  meta_t a_meta_q, blk_meta_q;
  plio_t lo_q;
  logic [ABits-1:0] blk_q;
  logic a_take, a_pair, blk_load, blk_done, a_slice_end;
  logic issue, slice_done;

  assign a_pair = a_meta_q.int8 && !lo_valid_q;
  assign a_ready_o = a_head_q || a_pair || !blk_valid_q || blk_done;
  assign a_take = a_valid_i && a_ready_o;
  assign blk_load = a_take && !a_head_q && !a_pair;
  assign a_slice_end = a_m_q == (a_meta_q.int8 ? MBits'(MBlocks - 1) : MBits'(MBlocks - 4));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      a_head_q <= 1'b1;
      lo_valid_q <= 1'b0;
      blk_valid_q <= 1'b0;
    end else begin
      if (blk_done) blk_valid_q <= 1'b0;
      if (a_take) begin
        if (a_head_q) begin
          a_head_q <= 1'b0;
        end else if (a_pair) begin
          lo_valid_q <= 1'b1;
        end else begin
          lo_valid_q <= 1'b0;
          blk_valid_q <= 1'b1;
          if (a_slice_end && a_left_q == slices_t'(1)) a_head_q <= 1'b1;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (a_take && a_head_q) begin
      a_meta_q <= '{int8: a_header.int8, slices: a_header.slices, tag: a_header.tag};
      a_left_q <= a_header.slices;
      a_first_q <= 1'b1;
      a_m_q <= '0;
    end
    if (a_take && a_pair) lo_q <= a_data_i;
    if (blk_load) begin
      blk_q <= a_meta_q.int8 ? {a_data_i, lo_q} : ABits'(a_data_i);
      blk_meta_q <= a_meta_q;
      blk_first_q <= a_first_q;
      blk_last_q <= a_left_q == slices_t'(1);
      a_m_q <= a_meta_q.int8 ? a_m_q + MBits'(1) : a_m_q + MBits'(4);  // Wraps at the slice's end
      if (a_slice_end) begin
        a_left_q <= a_left_q - slices_t'(1);
        a_first_q <= 1'b0;
      end
    end
  end

  // B: header, then slices into the two buffers in turn.
  logic b_head_q, b_wr_q, b_rd_q;
  logic [1:0] b_full_q, b_last_q;
  slices_t b_left_q;
  logic [BBeatBits-1:0] b_beat_q;
  logic b_take, b_slice_end;
  logic [BlockBeats-1:0][PlioBits-1:0] b_mem_q[2 * NBlocks];
  logic [NBits-1:0] b_block, n_q;

  typedef logic [$clog2(2*NBlocks)-1:0] b_addr_t;

  function automatic b_addr_t b_addr(logic buffer, logic [NBits-1:0] block);
    return NBlocks > 1 ? b_addr_t'({buffer, block}) : b_addr_t'(buffer);
  endfunction

  assign b_ready_o = b_head_q || !b_full_q[b_wr_q];
  assign b_take = b_valid_i && b_ready_o;
  assign b_slice_end = b_beat_q == BBeatBits'(BBeats - 1);
  assign b_block = NBits'(32'(b_beat_q) / BlockBeats);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      b_head_q <= 1'b1;
      b_wr_q <= 1'b0;
      b_rd_q <= 1'b0;
      b_full_q <= '0;
    end else begin
      if (slice_done) begin
        b_full_q[b_rd_q] <= 1'b0;
        b_rd_q <= !b_rd_q;
      end
      if (b_take && b_head_q) b_head_q <= 1'b0;
      if (b_take && !b_head_q && b_slice_end) begin
        b_full_q[b_wr_q] <= 1'b1;
        b_wr_q <= !b_wr_q;
        if (b_left_q == slices_t'(1)) b_head_q <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (b_take) begin
      if (b_head_q) begin
        b_left_q <= b_header.slices;
        b_beat_q <= '0;
      end else begin
        b_mem_q[b_addr(b_wr_q, b_block)][b_beat_q[BlockBeatBits-1:0]] <= b_data_i;
        b_beat_q <= b_slice_end ? '0 : b_beat_q + BBeatBits'(1);
        if (b_slice_end) begin
          b_left_q <= b_left_q - slices_t'(1);
          b_last_q[b_wr_q] <= b_left_q == slices_t'(1);
        end
      end
    end
  end

  // Step counters and issue. A slice starts when its B buffer is full, goes on as A blocks come.
  logic [MBits-1:0] m_q;
  logic [StepBits:0] room_q;  // Words of `out_mem_q` not promised to a step
  logic n_end, out_pop;

  assign n_end = NBlocks == 1 || n_q == NBits'(NBlocks - 1);
  assign issue = blk_valid_q && b_full_q[b_rd_q] && (!blk_last_q || room_q != '0);
  assign blk_done = issue && n_end && (blk_meta_q.int8 || m_q[1:0] == 2'd3);
  assign slice_done = issue && n_end && m_q == MBits'(MBlocks - 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      m_q <= '0;
      n_q <= '0;
      room_q <= (StepBits + 1)'(Steps);
    end else begin
      if (issue) begin
        n_q <= n_end ? '0 : n_q + NBits'(1);
        if (n_end) m_q <= m_q + MBits'(1);
      end
      if ((issue && blk_last_q) != out_pop) begin
        room_q <= out_pop ? room_q + (StepBits + 1)'(1) : room_q - (StepBits + 1)'(1);
      end
    end
  end

  // Stage 0: operands.
  logic s0_valid_q, s0_first_q, s0_last_q;
  step_t s0_step_q;
  meta_t s0_meta_q;
  logic [ABits-1:0] a_op_q;
  logic [BBits-1:0] b_op_q;
  logic [M0*K0-1:0] bits;

  assign bits = blk_q[32'(m_q[1:0])*M0*K0+:M0*K0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) s0_valid_q <= 1'b0;
    else s0_valid_q <= issue;
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      s0_first_q <= blk_first_q;
      s0_last_q <= blk_last_q;
      s0_meta_q <= blk_meta_q;
      s0_step_q <= NBlocks > 1 ? step_t'({m_q, n_q}) : step_t'(m_q);
      b_op_q <= b_mem_q[b_addr(b_rd_q, n_q)];
      if (blk_meta_q.int8) begin
        a_op_q <= blk_q;
      end else begin
        for (int unsigned i = 0; i < M0 * K0; i++) a_op_q[8*i+:8] <= 8'(bits[i]);
      end
    end
  end

  // Stage 1: dot products; the old sums are read.
  logic s1_valid_q, s1_first_q, s1_last_q;
  step_t s1_step_q;
  meta_t s1_meta_q;
  logic [M0*N0-1:0][DotBits-1:0] dot_q;
  logic [WordBits-1:0] acc_mem_q [Steps];
  logic [WordBits-1:0] acc_q;

  function automatic logic [DotBits-1:0] dot(logic [ABits-1:0] a, logic [BBits-1:0] b, int unsigned i, int unsigned n);
    logic signed [DotBits-1:0] sum;
    sum = '0;
    for (int unsigned k = 0; k < K0; k++) begin
      sum += DotBits'($signed(a[(i*K0+k)*8+:8])) * DotBits'($signed(b[(k*N0+n)*8+:8]));
    end
    return sum;
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni) s1_valid_q <= 1'b0;
    else s1_valid_q <= s0_valid_q;
  end

  always_ff @(posedge clk_i) begin
    if (s0_valid_q) begin
      s1_first_q <= s0_first_q;
      s1_last_q <= s0_last_q;
      s1_step_q <= s0_step_q;
      s1_meta_q <= s0_meta_q;
      acc_q <= acc_mem_q[s0_step_q];
      for (int unsigned i = 0; i < M0; i++) begin
        for (int unsigned n = 0; n < N0; n++) dot_q[i*N0+n] <= dot(a_op_q, b_op_q, i, n);
      end
    end
  end

  // Stage 2: add; back to the accumulators, or out. The same step comes again Steps >= 4 cycles
  // later at the earliest, so the read of stage 1 never misses this write.
  logic [WordBits-1:0] word;
  logic [WordBits-1:0] out_mem_q [Steps];
  meta_t out_meta_q [Steps];

  always_comb begin
    word = '0;
    if (s1_valid_q) begin
      for (int unsigned e = 0; e < M0 * N0; e++) begin
        word[32*e+:32] = (s1_first_q ? 32'd0 : acc_q[32*e+:32]) + 32'($signed(dot_q[e]));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (s1_valid_q && !s1_last_q) acc_mem_q[s1_step_q] <= word;
  end

  always_ff @(posedge clk_i) begin
    if (s1_valid_q && s1_last_q) begin
      out_mem_q[s1_step_q] <= word;
      out_meta_q[s1_step_q] <= s1_meta_q;
    end
  end

  // Output: header before word 0, then every word's beats.
  logic [StepBits:0] stored_q;  // Words in `out_mem_q`
  step_t out_step_q;
  logic [WordBeatBits-1:0] out_beat_q;
  logic out_head_q, out_go, out_push, c_valid_q, c_last_q;
  plio_t c_data_q;
  meta_t out_meta;

  assign out_push = s1_valid_q && s1_last_q;
  assign out_go = stored_q != '0 && (!c_valid_q || c_ready_i);
  assign out_pop = out_go && !out_head_q && out_beat_q == WordBeatBits'(WordBeats - 1);
  assign out_meta = out_meta_q[out_step_q];
  always_comb begin
    c_header        = '0;
    c_header.magic  = PacketMagicC;
    c_header.int8   = out_meta.int8;
    c_header.slices = out_meta.slices;
    c_header.tag    = out_meta.tag;
  end

  assign c_valid_o = c_valid_q;
  assign c_data_o = c_data_q;
  assign c_last_o = c_last_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      stored_q <= '0;
      out_step_q <= '0;
      out_beat_q <= '0;
      out_head_q <= 1'b1;
      c_valid_q <= 1'b0;
    end else begin
      if (out_push != out_pop) begin
        stored_q <= out_push ? stored_q + (StepBits + 1)'(1) : stored_q - (StepBits + 1)'(1);
      end
      if (!c_valid_q || c_ready_i) c_valid_q <= out_go;
      if (out_go) begin
        out_head_q <= out_pop && out_step_q == step_t'(Steps - 1);
        if (!out_head_q) out_beat_q <= out_beat_q + WordBeatBits'(1);
        if (out_pop) out_step_q <= out_step_q + step_t'(1);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (out_go) begin
      c_last_q <= out_pop && out_step_q == step_t'(Steps - 1);
      c_data_q <= out_mem_q[out_step_q][32'(out_beat_q)*PlioBits +: PlioBits];
      if (out_head_q) begin
        c_data_q <= c_header;
      end
    end
  end

  `HGCN_ASSUME(AMagic, a_take && a_head_q |-> a_header.magic == PacketMagicA)
  `HGCN_ASSUME(BMagic, b_take && b_head_q |-> b_header.magic == PacketMagicB)
  `HGCN_ASSUME(ALast, a_take |-> a_last_i == (blk_load && a_slice_end && a_left_q == slices_t'(1)))
  `HGCN_ASSUME(BLast, b_take |-> b_last_i == (!b_head_q && b_slice_end && b_left_q == slices_t'(1)))
  `HGCN_ASSUME(SameSlices, slice_done |-> b_last_q[b_rd_q] == blk_last_q)
  `HGCN_ASSUME(AHeld, a_valid_i && !a_ready_o |=> a_valid_i && $stable({a_data_i, a_last_i}))
  `HGCN_ASSUME(BHeld, b_valid_i && !b_ready_o |=> b_valid_i && $stable({b_data_i, b_last_i}))
  `HGCN_ASSERT(CHeld, c_valid_o && !c_ready_i |=> c_valid_o && $stable({c_data_o, c_last_o}))
  `HGCN_ASSERT(RoomKept, out_push |-> stored_q < (StepBits + 1)'(Steps))

endmodule

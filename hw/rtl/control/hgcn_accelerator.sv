// SPDX-License-Identifier: Apache-2.0

/// Everything left of the PLIO ports, its AXI ports as structs: hgcn_core and hgcn_top make them flat.
///
/// Handshake   AXI4-Lite slave (hw/regs/hgcn.rdl), AXI4 master (INCR, id 0), AXI4-Stream PLIO ports (docs/plio.md).
/// Latency     See the modules.
/// Throughput  See the modules.
/// Paths       `wready` of `m_axi_write_i` to the write FIFO's read; `plio_c_tvalid_i` to `plio_c_tready_o`.
/// Requires    See docs/plio.md of what is behind PLIO. It needs no reset but power-up's.
/// Model       hgcn.execution, bit for bit; sim/top.
module hgcn_accelerator
  import hgcn_pkg::*;
  import hgcn_isa_pkg::*;
  import hgcn_axi_pkg::*;
  import hgcn_control_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,  // Synchronous
  output logic irq_o,   // Level: done or error, while enabled

  input  axi_lite_request_t  s_axil_i,
  output axi_lite_response_t s_axil_o,

  output axi_read_request_t   [MemoryPorts-1:0] m_axi_read_o,
  input  axi_read_response_t  [MemoryPorts-1:0] m_axi_read_i,
  output axi_write_request_t  [MemoryPorts-1:0] m_axi_write_o,
  input  axi_write_response_t [MemoryPorts-1:0] m_axi_write_i,

  output logic  [  R-1:0] plio_a_tvalid_o,
  input  logic  [  R-1:0] plio_a_tready_i,
  output plio_t [  R-1:0] plio_a_tdata_o,
  output logic  [  R-1:0] plio_a_tlast_o,
  output logic  [R*C-1:0] plio_b_tvalid_o,  // Port of PE (r, c): r*C + c
  input  logic  [R*C-1:0] plio_b_tready_i,
  output plio_t [R*C-1:0] plio_b_tdata_o,
  output logic  [R*C-1:0] plio_b_tlast_o,
  input  logic  [R*C-1:0] plio_c_tvalid_i,
  output logic  [R*C-1:0] plio_c_tready_o,
  input  plio_t [R*C-1:0] plio_c_tdata_i,
  input  logic  [R*C-1:0] plio_c_tlast_i
);

  localparam int unsigned TileLineBits = $clog2(TileRows / DrainRows);

  // Registers
  hgcn_regs_pkg::hgcn_regs__in_t hwif_in;
  hgcn_regs_pkg::hgcn_regs__out_t hwif_out;
  logic [Regions-1:0][63:0] base, size;
  logic busy, started, done, error, resetting;
  error_e error_code;
  logic [23:0] error_index, index;
  logic [Engines-1:0] idle;
  logic [63:0] cycles, read_bytes, written_bytes;
  logic [Counters-1:0] engine_busy, engine_stalled;
  logic [Counters-1:0][63:0] busy_count, stalled_count;

  hgcn_regs u_regs (
    .clk           (clk_i),
    .rst_n         (rst_ni),
    .s_axil_awready(s_axil_o.awready),
    .s_axil_awvalid(s_axil_i.awvalid),
    .s_axil_awaddr (s_axil_i.awaddr),
    .s_axil_awprot (s_axil_i.awprot),
    .s_axil_wready (s_axil_o.wready),
    .s_axil_wvalid (s_axil_i.wvalid),
    .s_axil_wdata  (s_axil_i.wdata),
    .s_axil_wstrb  (s_axil_i.wstrb),
    .s_axil_bready (s_axil_i.bready),
    .s_axil_bvalid (s_axil_o.bvalid),
    .s_axil_bresp  (s_axil_o.bresp),
    .s_axil_arready(s_axil_o.arready),
    .s_axil_arvalid(s_axil_i.arvalid),
    .s_axil_araddr (s_axil_i.araddr),
    .s_axil_arprot (s_axil_i.arprot),
    .s_axil_rready (s_axil_i.rready),
    .s_axil_rvalid (s_axil_o.rvalid),
    .s_axil_rdata  (s_axil_o.rdata),
    .s_axil_rresp  (s_axil_o.rresp),
    .hwif_in       (hwif_in),
    .hwif_out      (hwif_out)
  );

  assign hwif_in.ID.value.next              = Magic;
  assign hwif_in.VERSION.value.next         = {VersionMajor, VersionMinor};
  assign hwif_in.DEVICE_LO.value.next       = DeviceHash[31:0];
  assign hwif_in.DEVICE_HI.value.next       = DeviceHash[63:32];
  assign hwif_in.STATUS.busy.next           = busy;
  assign hwif_in.STATUS.done.hwset          = done;
  assign hwif_in.STATUS.done.hwclr          = started || resetting;
  assign hwif_in.STATUS.error.next          = error;
  assign hwif_in.STATUS.resetting.next      = resetting;
  assign hwif_in.STATUS.idle.next           = idle;
  assign hwif_in.ERROR.code.next            = error_code;
  assign hwif_in.ERROR.command.next         = error_index;
  assign hwif_in.COMMAND.value.next         = 32'(index);
  assign hwif_in.CYCLES.LO.value.next       = cycles[31:0];
  assign hwif_in.CYCLES.HI.value.next       = cycles[63:32];
  assign hwif_in.READ_BYTES.LO.value.next   = read_bytes[31:0];
  assign hwif_in.READ_BYTES.HI.value.next   = read_bytes[63:32];
  assign hwif_in.WRITTEN_BYTES.LO.value.next = written_bytes[31:0];
  assign hwif_in.WRITTEN_BYTES.HI.value.next = written_bytes[63:32];

  for (genvar i = 0; i < Counters; i++) begin : gen_counter
    assign hwif_in.ENGINE[i].BUSY.LO.value.next    = busy_count[i][31:0];
    assign hwif_in.ENGINE[i].BUSY.HI.value.next    = busy_count[i][63:32];
    assign hwif_in.ENGINE[i].STALLED.LO.value.next = stalled_count[i][31:0];
    assign hwif_in.ENGINE[i].STALLED.HI.value.next = stalled_count[i][63:32];
  end

  for (genvar i = 0; i < Regions; i++) begin : gen_region
    assign base[i] = {hwif_out.BASE[i].HI.value.value, hwif_out.BASE[i].LO.value.value};
    assign size[i] = {hwif_out.SIZE[i].HI.value.value, hwif_out.SIZE[i].LO.value.value};
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) irq_o <= 1'b0;
    else irq_o <= hwif_out.CTRL.irq_enable.value && (hwif_out.STATUS.done.value || error);
  end

  // Dispatcher
  logic stop, engine_rst_n;
  logic [ReadClients-1:0] read_cmd_valid, read_cmd_ready, stream_valid, stream_ready;
  line_t read_line, write_line;
  logic [31:0] read_lines, read_s1, read_s2, write_lines;
  logic [23:0] read_tag, write_tag, bad_checksum_tag, bad_read_tag, bad_write_tag;
  beat_t stream_data[ReadClients];
  logic read_idle, bad_checksum, bad_read, read_handshake;
  logic write_cmd_valid, write_cmd_ready, write_idle, bad_write, write_handshake;
  logic load_cmd_valid, load_cmd_ready, load_idle;
  logic pl_cmd_valid, pl_cmd_ready, pl_idle;
  logic gather_cmd_valid, gather_cmd_ready, gather_idle;
  logic merge_cmd_valid, merge_cmd_ready, merge_idle;
  logic drain_cmd_valid, drain_cmd_ready, drain_idle;
  load_cmd_t load_cmd;
  pl_cmd_t pl_cmd;
  array_cmd_t array_cmd;
  drain_cmd_t drain_cmd;
  logic [R-1:0] packet_begun;
  logic bad_packet, bad_record, plio_quiet, progress_q;

  always_ff @(posedge clk_i) begin
    progress_q <= read_handshake || write_handshake || |engine_busy;
  end

  hgcn_dispatch u_dispatch (
    .clk_i,
    .rst_ni,
    .start_i           (hwif_out.CTRL.start.value),
    .soft_reset_i      (hwif_out.CTRL.soft_reset.value),
    .watchdog_i        (hwif_out.WATCHDOG.value.value),
    .base_i            (base),
    .size_i            (size),
    .busy_o            (busy),
    .started_o         (started),
    .done_o            (done),
    .error_o           (error),
    .resetting_o       (resetting),
    .error_code_o      (error_code),
    .error_index_o     (error_index),
    .index_o           (index),
    .idle_o            (idle),
    .stop_o            (stop),
    .engine_rst_no     (engine_rst_n),
    .read_valid_o      (read_cmd_valid),
    .read_ready_i      (read_cmd_ready),
    .read_line_o       (read_line),
    .read_lines_o      (read_lines),
    .read_s1_o         (read_s1),
    .read_s2_o         (read_s2),
    .read_tag_o        (read_tag),
    .rec_valid_i       (stream_valid[ReadRecords]),
    .rec_ready_o       (stream_ready[ReadRecords]),
    .rec_data_i        (stream_data[ReadRecords]),
    .read_idle_i       (read_idle),
    .bad_checksum_i    (bad_checksum),
    .bad_checksum_tag_i(bad_checksum_tag),
    .bad_read_i        (bad_read),
    .bad_read_tag_i    (bad_read_tag),
    .write_valid_o     (write_cmd_valid),
    .write_ready_i     (write_cmd_ready),
    .write_line_o      (write_line),
    .write_lines_o     (write_lines),
    .write_tag_o       (write_tag),
    .write_idle_i      (write_idle),
    .bad_write_i       (bad_write),
    .bad_write_tag_i   (bad_write_tag),
    .load_valid_o      (load_cmd_valid),
    .load_ready_i      (load_cmd_ready),
    .load_cmd_o        (load_cmd),
    .load_idle_i       (load_idle),
    .pl_valid_o        (pl_cmd_valid),
    .pl_ready_i        (pl_cmd_ready),
    .pl_cmd_o          (pl_cmd),
    .pl_idle_i         (pl_idle),
    .gather_valid_o    (gather_cmd_valid),
    .gather_ready_i    (gather_cmd_ready),
    .gather_idle_i     (gather_idle),
    .merge_valid_o     (merge_cmd_valid),
    .merge_ready_i     (merge_cmd_ready),
    .merge_idle_i      (merge_idle),
    .array_cmd_o         (array_cmd),
    .drain_valid_o     (drain_cmd_valid),
    .drain_ready_i     (drain_cmd_ready),
    .drain_cmd_o       (drain_cmd),
    .drain_idle_i      (drain_idle),
    .bad_packet_i      (bad_packet || bad_record),
    .plio_quiet_i      (gather_idle && plio_quiet),
    .progress_i        (progress_q)
  );

  hgcn_counters u_counters (
    .clk_i,
    .rst_ni,
    .start_i        (started),
    .run_i          (busy),
    .busy_i         (engine_busy),
    .stalled_i      (engine_stalled),
    .read_beat_i    (engine_busy[CntRead]),
    .written_beat_i (engine_busy[CntWrite]),
    .cycles_o       (cycles),
    .read_bytes_o   (read_bytes),
    .written_bytes_o(written_bytes),
    .busy_o         (busy_count),
    .stalled_o      (stalled_count)
  );

  // Memory
  logic mem_valid, mem_ready;
  beat_t mem_data;

  hgcn_axi_read u_axi_read (
    .clk_i,
    .rst_ni,
    .cmd_valid_i       (read_cmd_valid),
    .cmd_ready_o       (read_cmd_ready),
    .cmd_line_i        (read_line),
    .cmd_lines_i       (read_lines),
    .cmd_s1_i          (read_s1),
    .cmd_s2_i          (read_s2),
    .cmd_tag_i         (read_tag),
    .out_valid_o       (stream_valid),
    .out_ready_i       (stream_ready),
    .out_data_o        (stream_data),
    .stop_i            (stop),
    .idle_o            (read_idle),
    .busy_o            (engine_busy[CntRead]),
    .stalled_o         (engine_stalled[CntRead]),
    .handshake_o       (read_handshake),
    .bad_checksum_o    (bad_checksum),
    .bad_checksum_tag_o(bad_checksum_tag),
    .bad_response_o    (bad_read),
    .bad_response_tag_o(bad_read_tag),
    .m_axi_o           (m_axi_read_o[0]),
    .m_axi_i           (m_axi_read_i[0])
  );

  hgcn_axi_write u_axi_write (
    .clk_i,
    .rst_ni,
    .cmd_valid_i       (write_cmd_valid),
    .cmd_ready_o       (write_cmd_ready),
    .cmd_line_i        (write_line),
    .cmd_lines_i       (write_lines),
    .cmd_tag_i         (write_tag),
    .in_valid_i        (mem_valid),
    .in_ready_o        (mem_ready),
    .in_data_i         (mem_data),
    .stop_i            (stop),
    .idle_o            (write_idle),
    .busy_o            (engine_busy[CntWrite]),
    .stalled_o         (engine_stalled[CntWrite]),
    .handshake_o       (write_handshake),
    .bad_response_o    (bad_write),
    .bad_response_tag_o(bad_write_tag),
    .m_axi_o           (m_axi_write_o[0]),
    .m_axi_i           (m_axi_write_i[0])
  );

  // Feature stores
  logic pl_rd_store, gather_rd_store, load_wr_store, drain_wr_store;
  logic [B-1:0] pl_rd_en, gather_rd_en, load_wr_en, drain_wr_en;
  bank_addr_t [B-1:0] pl_rd_addr, gather_rd_addr, load_wr_addr, drain_wr_addr;
  row_t [B-1:0] pl_rd_data, gather_rd_data, load_wr_data, drain_wr_data;

  hgcn_feature_stores u_stores (
    .clk_i,
    .rst_ni       (engine_rst_n),
    .pl_rd_store_i(pl_rd_store),
    .pl_rd_en_i   (pl_rd_en),
    .pl_rd_addr_i (pl_rd_addr),
    .pl_rd_data_o (pl_rd_data),
    .ga_rd_store_i(gather_rd_store),
    .ga_rd_en_i   (gather_rd_en),
    .ga_rd_addr_i (gather_rd_addr),
    .ga_rd_data_o (gather_rd_data),
    .ld_wr_store_i(load_wr_store),
    .ld_wr_en_i   (load_wr_en),
    .ld_wr_addr_i (load_wr_addr),
    .ld_wr_data_i (load_wr_data),
    .dr_wr_store_i(drain_wr_store),
    .dr_wr_en_i   (drain_wr_en),
    .dr_wr_addr_i (drain_wr_addr),
    .dr_wr_data_i (drain_wr_data)
  );

  // Engines
  logic sum_ce, sum_rd, sum_buffer;
  accumulator_t [DrainRows-1:0] sum_accumulator;
  logic [TileLineBits-1:0] sum_line;
  sums_t [DrainRows-1:0] pl_sum_data, array_sum_data;

  hgcn_load u_load (
    .clk_i,
    .rst_ni     (engine_rst_n),
    .cmd_valid_i(load_cmd_valid),
    .cmd_ready_o(load_cmd_ready),
    .cmd_i      (load_cmd),
    .idle_o     (load_idle),
    .busy_o     (engine_busy[CntLoad]),
    .stalled_o  (engine_stalled[CntLoad]),
    .in_valid_i (stream_valid[ReadLoad]),
    .in_ready_o (stream_ready[ReadLoad]),
    .in_data_i  (stream_data[ReadLoad]),
    .wr_store_o (load_wr_store),
    .wr_en_o    (load_wr_en),
    .wr_addr_o  (load_wr_addr),
    .wr_data_o  (load_wr_data)
  );

  hgcn_pl_engine u_pl_engine (
    .clk_i,
    .rst_ni      (engine_rst_n),
    .cmd_valid_i (pl_cmd_valid),
    .cmd_ready_o (pl_cmd_ready),
    .cmd_i       (pl_cmd),
    .idle_o      (pl_idle),
    .busy_o      (engine_busy[CntPl]),
    .stalled_o   (engine_stalled[CntPl]),
    .in_valid_i  (stream_valid[ReadPl]),
    .in_ready_o  (stream_ready[ReadPl]),
    .in_data_i   (stream_data[ReadPl]),
    .rd_store_o  (pl_rd_store),
    .rd_en_o     (pl_rd_en),
    .rd_addr_o   (pl_rd_addr),
    .rd_data_i   (pl_rd_data),
    .sum_ce_i    (sum_ce),
    .sum_rd_i    (sum_rd),
    .sum_buffer_i  (sum_buffer),
    .sum_accumulator_i (sum_accumulator),
    .sum_data_o  (pl_sum_data)
  );

  hgcn_gather u_gather (
    .clk_i,
    .rst_ni,
    .stop_i         (stop),
    .cmd_valid_i    (gather_cmd_valid),
    .cmd_ready_o    (gather_cmd_ready),
    .cmd_i          (array_cmd),
    .idle_o         (gather_idle),
    .busy_o         (engine_busy[CntArray]),
    .stalled_o      (engine_stalled[CntArray]),
    .begun_o        (packet_begun),
    .bad_o          (bad_record),
    .ctl_valid_i    (stream_valid[ReadControl]),
    .ctl_ready_o    (stream_ready[ReadControl]),
    .ctl_data_i     (stream_data[ReadControl]),
    .a_valid_i      (stream_valid[ReadLeft]),
    .a_ready_o      (stream_ready[ReadLeft]),
    .a_data_i       (stream_data[ReadLeft]),
    .rd_store_o     (gather_rd_store),
    .rd_en_o        (gather_rd_en),
    .rd_addr_o      (gather_rd_addr),
    .rd_data_i      (gather_rd_data),
    .plio_a_tvalid_o,
    .plio_a_tready_i,
    .plio_a_tdata_o,
    .plio_a_tlast_o,
    .plio_b_tvalid_o,
    .plio_b_tready_i,
    .plio_b_tdata_o,
    .plio_b_tlast_o
  );

  hgcn_merge u_merge (
    .clk_i,
    .rst_ni,
    .stop_i         (stop),
    .cmd_valid_i    (merge_cmd_valid),
    .cmd_ready_o    (merge_cmd_ready),
    .cmd_buffer_i     (array_cmd.buffer),
    .cmd_clear_i    (array_cmd.clear),
    .cmd_packets_i  (array_cmd.packets),
    .idle_o         (merge_idle),
    .busy_o         (engine_busy[CntMerge]),
    .stalled_o      (engine_stalled[CntMerge]),
    .bad_packet_o   (bad_packet),
    .begun_i        (packet_begun),
    .quiet_o        (plio_quiet),
    .plio_c_tvalid_i,
    .plio_c_tready_o,
    .plio_c_tdata_i,
    .plio_c_tlast_i,
    .sum_ce_i       (sum_ce),
    .sum_rd_i       (sum_rd),
    .sum_buffer_i     (sum_buffer),
    .sum_line_i     (sum_line),
    .sum_data_o     (array_sum_data)
  );

  hgcn_drain u_drain (
    .clk_i,
    .rst_ni        (engine_rst_n),
    .cmd_valid_i   (drain_cmd_valid),
    .cmd_ready_o   (drain_cmd_ready),
    .cmd_i         (drain_cmd),
    .idle_o        (drain_idle),
    .busy_o        (engine_busy[CntDrain]),
    .stalled_o     (engine_stalled[CntDrain]),
    .in_valid_i    (stream_valid[ReadDrain]),
    .in_ready_o    (stream_ready[ReadDrain]),
    .in_data_i     (stream_data[ReadDrain]),
    .sum_ce_o      (sum_ce),
    .sum_rd_o      (sum_rd),
    .sum_buffer_o    (sum_buffer),
    .sum_accumulator_o   (sum_accumulator),
    .sum_line_o    (sum_line),
    .pl_sum_data_i (pl_sum_data),
    .array_sum_data_i(array_sum_data),
    .wr_store_o    (drain_wr_store),
    .wr_en_o       (drain_wr_en),
    .wr_addr_o     (drain_wr_addr),
    .wr_data_o     (drain_wr_data),
    .mem_valid_o   (mem_valid),
    .mem_ready_i   (mem_ready),
    .mem_data_o    (mem_data)
  );

endmodule

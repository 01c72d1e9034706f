// SPDX-License-Identifier: Apache-2.0
#include "board.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

// A $finish, $stop or $fatal must not end the Python process: it becomes an exception, caught in
// board_model.cc.
void vl_finish(const char* file, int line, const char*) {
  throw std::runtime_error("$finish at " + std::string(file) + ":" + std::to_string(line));
}
void vl_stop(const char* file, int line, const char*) {
  throw std::runtime_error("$stop at " + std::string(file) + ":" + std::to_string(line));
}
void vl_fatal(const char* file, int line, const char*, const char* message) {
  throw std::runtime_error(std::string(message) + " at " + file + ":" + std::to_string(line));
}

namespace hgcn {
namespace {

constexpr int kResetEdges = 8;          // As in hgcn_tb
constexpr uint64_t kLoaderWrites = 16;  // BASE and SIZE words before the testbench's first start
constexpr uint64_t kAccessCycles = 1'000'000;
constexpr uint32_t kNoAnswer = 8;

}  // namespace

Board::Board(const AxiMemoryConfig& memory, const BoardConfig& config, const char* waves)
    : memory_(memory), config_(config) {
  context_.randReset(2);
  context_.randSeed(static_cast<int>(config.seed % 0x7FFFFFFF) | 1);
#if VM_TRACE
  context_.traceEverOn(waves != nullptr);
#endif
  top_ = std::make_unique<Vtop>(&context_, "hgcn_top");
#if VM_TRACE
  if (waves != nullptr) {
    trace_ = std::make_unique<Trace>();
    top_->trace(trace_.get(), 99);
    trace_->open(waves);
  }
#else
  (void)waves;
#endif
  next_pl_ = config.pl_half_ps;
  next_array_ = config.array_half_ps;
  const uint64_t pl = 2 * config.pl_half_ps, array = 2 * config.array_half_ps;
  phases_ = std::lcm(pl, array) / pl;
  top_->rst_ni = 0;
  top_->array_rst_ni = 0;
  drive_registers();
  drive_memory();
  eval();
  find_origin();
}

Board::~Board() {
#if VM_TRACE
  if (trace_) trace_->close();
#endif
  top_->final();
}

void Board::hang(bool on) {
  hung_ = on;
}

void Board::hard_reset() {
  top_->rst_ni = 0;
  settled_ = false;
  reset_count_ = 0;
  hung_ = false;
  mail_ = {};
  drive_registers();
  // An even number of edges keeps the memory's turn between reads and writes where it was.
  for (int i = 0; i < 2 * kResetEdges; ++i) edge(false);
  release();
}

uint32_t Board::access(bool write, uint32_t address, uint32_t value, uint32_t* read) {
  mail_.write = write;
  mail_.address = address;
  mail_.value = value;
  mail_.request = true;
  for (uint64_t i = 0; mail_.request; ++i) {
    if (i == kAccessCycles) return kNoAnswer;
    edge(true);
  }
  if (read != nullptr) *read = mail_.read;
  return mail_.response;
}

uint64_t Board::step(uint64_t cycles, bool until_irq) {
  uint64_t done = 0;
  while (done < cycles && !(until_irq && top_->irq_o)) {
    edge(true);
    ++done;
  }
  return done;
}

void Board::align() {
  while (edges_ % phases_ != origin_phase_ || clocked_ % 2 != origin_turn_) edge(true);
}

void Board::eval() {
  top_->eval();
  settled_ = true;
#if VM_TRACE
  if (trace_) trace_->dump(context_.time());
#endif
}

// To the next rising edge of the PL clock, with the array's edges on the way.
//
// A falling edge does nothing but let its clock rise again: a clock falls with the other's rise if
// that comes first, and is evaluated apart only if it does not, or if outputs are not settled when
// they are sampled. An evaluation in which nothing moves still costs a twentieth of a cycle.
void Board::edge(bool running) {
  bool pl = false;
  while (!pl) {
    const uint64_t now = std::min(next_pl_, next_array_);
    const bool array = next_array_ == now;
    pl = next_pl_ == now;
    if ((pl && (top_->clk_i || !settled_)) || (array && top_->array_clk_i)) {
      context_.time(now - 1);
      top_->clk_i = 0;
      top_->array_clk_i = 0;
      eval();
    }
    context_.time(now);
    if (pl) {
      sample_memory();
      sample_registers();
      next_pl_ += 2 * config_.pl_half_ps;
    }
    if (array) next_array_ += 2 * config_.array_half_ps;
    top_->clk_i = pl;
    top_->array_clk_i = array;
    eval();
    if (array) array_edge();
  }
  pl_edge();
  if (running && reset_count_ < kResetEdges && ++reset_count_ == kResetEdges) top_->rst_ni = 1;
}

// What stands around the accelerator moves after its edge; it sees the new values at the next.
void Board::pl_edge() {
  ++edges_;
  if (top_->rst_ni) {
    if (!hung_) memory_.clock(pins_);
    ++clocked_;
    if (mail_.request) {
      mail_edge();
      drive_registers();
    }
  } else {
    memory_.reset();
  }
  drive_memory();
  settled_ = false;
}

// A shift register of eight, like the testbench's.
void Board::array_edge() {
  array_reset_ = static_cast<uint8_t>(array_reset_ << 1 | (top_->rst_ni ? 1 : 0));
  if (!top_->rst_ni) array_reset_ = 0;
  const bool released = array_reset_ >> 7;
  if (top_->array_rst_ni != released) settled_ = false;
  top_->array_rst_ni = released;
}

void Board::release() {
  while (!top_->rst_ni || !top_->array_rst_ni) edge(true);
}

// Where the testbench's first start falls, found by doing what it does. Its first write waits for
// both resets, so it is asked for before them.
void Board::find_origin() {
  for (uint64_t i = 0; i < kLoaderWrites; ++i) access(true, 0x1FC, 0, nullptr);
  origin_phase_ = edges_ % phases_;
  origin_turn_ = clocked_ % 2;
}

void Board::sample_memory() {
  AxiMasterPins& in = pins_;
  in.ar_valid = top_->m_axi_arvalid;
  in.ar_addr = top_->m_axi_araddr;
  in.ar_len = top_->m_axi_arlen;
  in.ar_size = top_->m_axi_arsize;
  in.ar_burst = top_->m_axi_arburst;
  in.r_ready = top_->m_axi_rready;
  in.aw_valid = top_->m_axi_awvalid;
  in.aw_addr = top_->m_axi_awaddr;
  in.aw_len = top_->m_axi_awlen;
  in.aw_size = top_->m_axi_awsize;
  in.aw_burst = top_->m_axi_awburst;
  in.w_valid = top_->m_axi_wvalid;
  in.w_last = top_->m_axi_wlast;
  in.w_strobe = top_->m_axi_wstrb;
  in.b_ready = top_->m_axi_bready;
  if (in.w_valid) std::memcpy(w_data_, top_->m_axi_wdata.data(), sizeof w_data_);
  in.w_data = w_data_;
}

void Board::sample_registers() {
  if (!mail_.request) return;
  seen_.ready = top_->rst_ni && top_->array_rst_ni;
  seen_.aw_ready = top_->s_axil_awready;
  seen_.w_ready = top_->s_axil_wready;
  seen_.ar_ready = top_->s_axil_arready;
  seen_.b_valid = top_->s_axil_bvalid;
  seen_.r_valid = top_->s_axil_rvalid;
  seen_.data = top_->s_axil_rdata;
  seen_.response = seen_.b_valid ? top_->s_axil_bresp : top_->s_axil_rresp;
}

void Board::drive_memory() {
  const AxiSlavePins& out = memory_.pins();
  const bool answers = !hung_;
  top_->m_axi_arready = out.ar_ready && answers;
  top_->m_axi_awready = out.aw_ready && answers;
  top_->m_axi_wready = out.w_ready && answers;
  top_->m_axi_rvalid = out.r_valid && answers;
  top_->m_axi_bvalid = out.b_valid && answers;
  top_->m_axi_rlast = out.r_last;
  top_->m_axi_rresp = out.r_response;
  top_->m_axi_bresp = out.b_response;
  if (out.r_valid) {
    std::memcpy(top_->m_axi_rdata.data(), out.r_data, sizeof(top_->m_axi_rdata));
  }
}

// The state machine of sim/top/hgcn_mailbox.sv.
void Board::mail_edge() {
  if (!mail_.busy) {
    if (!seen_.ready) return;
    mail_.busy = true;
    mail_.aw = mail_.w = mail_.write;
    mail_.ar = !mail_.write;
    return;
  }
  if (seen_.aw_ready) mail_.aw = false;
  if (seen_.w_ready) mail_.w = false;
  if (seen_.ar_ready) mail_.ar = false;
  if (seen_.b_valid || seen_.r_valid) {
    mail_.busy = mail_.request = false;
    mail_.read = seen_.data;
    mail_.response = seen_.response;
  }
}

void Board::drive_registers() {
  top_->s_axil_awvalid = mail_.aw;
  top_->s_axil_wvalid = mail_.w;
  top_->s_axil_arvalid = mail_.ar;
  top_->s_axil_awaddr = mail_.address;
  top_->s_axil_araddr = mail_.address;
  top_->s_axil_wdata = mail_.value;
  top_->s_axil_wstrb = 0xF;
  top_->s_axil_bready = mail_.busy;
  top_->s_axil_rready = mail_.busy;
}

}  // namespace hgcn

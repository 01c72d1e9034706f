// SPDX-License-Identifier: Apache-2.0
// The virtual board's programmable logic: Verilated hgcn_top, its clocks, its memory, one C function
// for each thing a processor can do to it. Loaded by hgcn_sim.board.model through ctypes.
//
// Time moves only in `write`, `read` and `step`. Clocks, reset and register accesses keep the order
// and the cycle counts of sim/top/hgcn_tb.sv, so that both simulations count the same cycles.
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>

#include "../dram/axi_memory.h"
#include "Vtop.h"
#include "verilated.h"
#if VM_TRACE_FST
#include "verilated_fst_c.h"
using Trace = VerilatedFstC;
#elif VM_TRACE
#include "verilated_vcd_c.h"
using Trace = VerilatedVcdC;
#endif

// A $finish, $stop or $fatal must not end the Python process: it becomes an exception, caught below.
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

struct Settings {
  uint64_t pl_half_ps, sta_half_ps, seed;
};

class Board {
 public:
  Board(const AxiMemoryConfig& memory, const Settings& settings, const char* waves)
      : memory_(memory), settings_(settings) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(settings.seed % 0x7FFFFFFF) | 1);
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
    next_pl_ = settings.pl_half_ps;
    next_sta_ = settings.sta_half_ps;
    const uint64_t pl = 2 * settings.pl_half_ps, sta = 2 * settings.sta_half_ps;
    phases_ = std::lcm(pl, sta) / pl;
    top_->rst_ni = 0;
    top_->sta_rst_ni = 0;
    drive_registers();
    drive_memory();
    eval();
    find_origin();
  }

  ~Board() {
#if VM_TRACE
    if (trace_) trace_->close();
#endif
    top_->final();
  }

  AxiMemory& memory() { return memory_; }
  bool irq() const { return top_->irq_o; }
  uint64_t cycles() const { return edges_; }
  void hang(bool on) { hung_ = on; }
  std::string failure;

  void hard_reset() {
    top_->rst_ni = 0;
    reset_count_ = 0;
    hung_ = false;
    mail_ = {};
    drive_registers();
    // An even number of edges keeps the memory's turn between reads and writes where it was.
    for (int i = 0; i < 2 * kResetEdges; ++i) edge(false);
    release();
  }

  // Returns the AXI response, or 8 if there is none.
  uint32_t access(bool write, uint32_t address, uint32_t value, uint32_t* read) {
    mail_.write = write;
    mail_.address = address;
    mail_.value = value;
    mail_.request = true;
    for (uint64_t i = 0; mail_.request; ++i) {
      if (i == kAccessCycles) return 8;
      edge(true);
    }
    if (read != nullptr) *read = mail_.read;
    return mail_.response;
  }

  uint64_t step(uint64_t cycles, bool until_irq) {
    uint64_t done = 0;
    while (done < cycles && !(until_irq && top_->irq_o)) {
      edge(true);
      ++done;
    }
    return done;
  }

  // Idle until clocks and memory stand to each other as they do when the testbench starts.
  void align() {
    while (edges_ % phases_ != origin_phase_ || clocked_ % 2 != origin_turn_) edge(true);
  }

 private:
  struct Mail {
    bool request, busy, aw, w, ar, write;
    uint32_t address, value, read, response;
  };

  void eval() {
    top_->eval();
#if VM_TRACE
    if (trace_) trace_->dump(context_.time());
#endif
  }

  void lower() {
    top_->clk_i = 0;
    top_->sta_clk_i = 0;
    eval();
  }

  // To the next rising edge of the PL clock, with the array's edges on the way.
  void edge(bool running) {
    bool pl = false;
    while (!pl) {
      const uint64_t now = std::min(next_pl_, next_sta_);
      const bool sta = next_sta_ == now;
      pl = next_pl_ == now;
      // Whatever rises must be low, and its inputs settled. A falling edge does nothing else, so it
      // is evaluated only where needed.
      context_.time(now - 1);
      if (pl || top_->sta_clk_i) lower();
      context_.time(now);
      if (pl) sample();
      if (sta) {
        top_->sta_clk_i = 1;
        next_sta_ += 2 * settings_.sta_half_ps;
      }
      if (pl) {
        top_->clk_i = 1;
        next_pl_ += 2 * settings_.pl_half_ps;
      }
      eval();
      if (sta) sta_edge();
    }
    ++edges_;
    if (top_->rst_ni) {
      if (!hung_) memory_.clock(pins_);
      ++clocked_;
      mail_edge();
    } else {
      memory_.reset();
    }
    drive_memory();
    drive_registers();
    if (running && reset_count_ < kResetEdges && ++reset_count_ == kResetEdges) top_->rst_ni = 1;
  }

  // A shift register of eight, like the testbench's.
  void sta_edge() {
    sta_reset_ = static_cast<uint8_t>(sta_reset_ << 1 | (top_->rst_ni ? 1 : 0));
    if (!top_->rst_ni) sta_reset_ = 0;
    top_->sta_rst_ni = sta_reset_ >> 7;
  }

  void release() {
    while (!top_->rst_ni || !top_->sta_rst_ni) edge(true);
  }

  // Where the testbench's first start falls, found by doing what it does. Its first write waits for
  // both resets, so it is asked for before them.
  void find_origin() {
    for (uint64_t i = 0; i < kLoaderWrites; ++i) access(true, 0x1FC, 0, nullptr);
    origin_phase_ = edges_ % phases_;
    origin_turn_ = clocked_ % 2;
  }

  void sample() {
    AxiMasterPins& in = pins_;
    seen_.ready = top_->rst_ni && top_->sta_rst_ni;
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
    if (in.w_valid) std::memcpy(w_data_, top_->m_axi_wdata.data(), sizeof(top_->m_axi_wdata));
    in.w_data = w_data_;
    seen_.aw_ready = top_->s_axil_awready;
    seen_.w_ready = top_->s_axil_wready;
    seen_.ar_ready = top_->s_axil_arready;
    seen_.b_valid = top_->s_axil_bvalid;
    seen_.r_valid = top_->s_axil_rvalid;
    seen_.data = top_->s_axil_rdata;
    seen_.response = seen_.b_valid ? top_->s_axil_bresp : top_->s_axil_rresp;
  }

  void drive_memory() {
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
  void mail_edge() {
    if (!mail_.busy) {
      if (!mail_.request || !seen_.ready) return;
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

  void drive_registers() {
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

  VerilatedContext context_;
  std::unique_ptr<Vtop> top_;
#if VM_TRACE
  std::unique_ptr<Trace> trace_;
#endif
  AxiMemory memory_;
  Settings settings_;
  AxiMasterPins pins_;
  uint8_t w_data_[64] = {};
  struct {
    bool ready, aw_ready, w_ready, ar_ready, b_valid, r_valid;
    uint32_t data, response;
  } seen_{};
  Mail mail_{};
  uint64_t next_pl_ = 0, next_sta_ = 0, edges_ = 0, clocked_ = 0;
  uint64_t phases_ = 1, origin_phase_ = 0, origin_turn_ = 0;
  int reset_count_ = 0;
  uint8_t sta_reset_ = 0;
  bool hung_ = false;
};

thread_local std::string last_error;

template <typename Action>
auto guarded(Board* board, decltype(std::declval<Action>()()) failed, Action action) {
  try {
    if (board->failure.empty()) return action();
  } catch (const std::exception& fault) {
    board->failure = fault.what();
  }
  return failed;
}

}  // namespace
}  // namespace hgcn

using hgcn::Board;

extern "C" {

// Null on failure; `hgcn_board_error` then says why.
void* hgcn_board_create(uint64_t base, uint64_t size_bytes, uint32_t latency_cycles,
                        uint32_t outstanding, double bytes_per_cycle, double stall_probability,
                        uint64_t seed, uint64_t pl_half_ps, uint64_t sta_half_ps,
                        const char* waves) {
  try {
    hgcn::AxiMemoryConfig memory;
    memory.base = base;
    memory.size_bytes = size_bytes;
    memory.beat_bytes = sizeof(Vtop::m_axi_wdata);
    memory.latency_cycles = latency_cycles;
    memory.outstanding = outstanding;
    memory.bytes_per_cycle = bytes_per_cycle;
    memory.stall_probability = stall_probability;
    memory.seed = seed;
    return new Board(memory, {pl_half_ps, sta_half_ps, seed}, waves);
  } catch (const std::exception& fault) {
    hgcn::last_error = fault.what();
    return nullptr;
  }
}

void hgcn_board_destroy(Board* board) { delete board; }

// Why creation failed, or what the design said when it stopped the simulation; empty if neither.
const char* hgcn_board_error(Board* board) {
  return board == nullptr ? hgcn::last_error.c_str() : board->failure.c_str();
}

uint8_t* hgcn_board_memory(Board* board) { return board->memory().data(); }
uint64_t hgcn_board_cycles(Board* board) { return board->cycles(); }
uint32_t hgcn_board_irq(Board* board) { return board->irq(); }

void hgcn_board_reset(Board* board) {
  hgcn::guarded(board, 0, [&] { return board->hard_reset(), 0; });
}

uint32_t hgcn_board_write(Board* board, uint32_t address, uint32_t value) {
  return hgcn::guarded(board, 9u, [&] { return board->access(true, address, value, nullptr); });
}

uint32_t hgcn_board_read(Board* board, uint32_t address, uint32_t* value) {
  return hgcn::guarded(board, 9u, [&] { return board->access(false, address, 0, value); });
}

uint64_t hgcn_board_step(Board* board, uint64_t cycles, uint32_t until_irq) {
  return hgcn::guarded(board, uint64_t{0}, [&] { return board->step(cycles, until_irq != 0); });
}

void hgcn_board_align(Board* board) {
  hgcn::guarded(board, 0, [&] { return board->align(), 0; });
}

void hgcn_board_hang(Board* board, uint32_t on) { board->hang(on != 0); }

void hgcn_board_inject(Board* board, uint64_t first, uint64_t bytes, uint32_t response,
                       uint32_t reads, uint32_t writes) {
  board->memory().inject(first, bytes, static_cast<hgcn::AxiResponse>(response), reads != 0,
                         writes != 0);
}

void hgcn_board_clear_injections(Board* board) { board->memory().clear_injections(); }

// cycles, read bursts, beats, bytes, write bursts, beats, bytes, errors, violations
void hgcn_board_statistics(Board* board, uint64_t* into) {
  const hgcn::AxiStatistics& s = board->memory().statistics();
  const uint64_t values[] = {s.cycles,       s.read_bursts, s.read_beats,
                             s.read_bytes,   s.write_bursts, s.write_beats,
                             s.write_bytes,  s.errors,      s.violations};
  std::memcpy(into, values, sizeof values);
}

// Text of a violation, or null past the last.
const char* hgcn_board_violation(Board* board, uint32_t index) {
  const auto& texts = board->memory().violations();
  return index < texts.size() ? texts[index].c_str() : nullptr;
}

}  // extern "C"

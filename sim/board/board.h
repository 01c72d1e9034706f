// SPDX-License-Identifier: Apache-2.0
// The virtual board's programmable logic: Verilated hgcn_top, its clocks and its memory.
#ifndef HGCN_SIM_BOARD_BOARD_H_
#define HGCN_SIM_BOARD_BOARD_H_

#include <cstdint>
#include <memory>
#include <string>

#include "../dram/axi_memory.h"
#include "Vtop.h"
#include "verilated.h"
#if VM_TRACE_FST
#include "verilated_fst_c.h"
#elif VM_TRACE
#include "verilated_vcd_c.h"
#endif

namespace hgcn {

#if VM_TRACE_FST
using Trace = VerilatedFstC;
#elif VM_TRACE
using Trace = VerilatedVcdC;
#endif

struct BoardConfig {
  uint64_t pl_half_ps, array_half_ps, seed;
};

/// Time moves only in `access`, `step`, `align` and `hard_reset`. Clocks, reset and register
/// accesses keep the order and the cycle counts of sim/top/hgcn_tb.sv: both count the same.
class Board {
 public:
  Board(const AxiMemoryConfig& memory, const BoardConfig& config, const char* waves);
  ~Board();

  AxiMemory& memory() { return memory_; }
  bool irq() const { return top_->irq_o; }
  uint64_t cycles() const { return edges_; }
  /// Let the memory stop answering, until a hardware reset at the latest.
  void hang(bool on);
  void hard_reset();
  /// One AXI4-Lite transaction; returns its response, or 8 if there is none.
  uint32_t access(bool write, uint32_t address, uint32_t value, uint32_t* read);
  /// At most so many PL cycles; returns how many.
  uint64_t step(uint64_t cycles, bool until_irq);
  /// Idle until clocks and memory stand to each other as they do when the testbench starts.
  void align();

  std::string failure;  // What the design said when it stopped the simulation

 private:
  struct Mail {
    bool request, busy, aw, w, ar, write;
    uint32_t address, value, read, response;
  };
  struct Seen {
    bool ready, aw_ready, w_ready, ar_ready, b_valid, r_valid;
    uint32_t data, response;
  };

  void eval();
  void edge(bool running);
  void pl_edge();
  void array_edge();
  void release();
  void find_origin();
  void sample_memory();
  void sample_registers();
  void drive_memory();
  void drive_registers();
  void mail_edge();

  VerilatedContext context_;
  std::unique_ptr<Vtop> top_;
#if VM_TRACE
  std::unique_ptr<Trace> trace_;
#endif
  AxiMemory memory_;
  BoardConfig config_;
  AxiMasterPins pins_;
  uint8_t w_data_[sizeof(Vtop::m_axi_wdata)] = {};
  Seen seen_{};
  Mail mail_{};
  uint64_t next_pl_ = 0, next_array_ = 0, edges_ = 0, clocked_ = 0;
  uint64_t phases_ = 1, origin_phase_ = 0, origin_turn_ = 0;
  int reset_count_ = 0;
  uint8_t array_reset_ = 0;
  bool hung_ = false, settled_ = false;
};

}  // namespace hgcn

#endif  // HGCN_SIM_BOARD_BOARD_H_

// SPDX-License-Identifier: Apache-2.0
// One C function for each thing a processor can do to the virtual board's programmable logic.
// Loaded by hgcn_sim.board.model through ctypes.
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "board.h"

namespace hgcn {
namespace {

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
                        uint64_t seed, uint64_t pl_half_ps, uint64_t array_half_ps,
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
    return new Board(memory, {pl_half_ps, array_half_ps, seed}, waves);
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

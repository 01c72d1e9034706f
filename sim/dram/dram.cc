// SPDX-License-Identifier: Apache-2.0
// C functions around one AxiMemory: for the testbench (DPI) and for Python (ctypes).
//
// The library is loaded once per process whoever asks first, so both see the same memory. DPI passes
// packed vectors as 32-bit words, least significant first: no simulator header is needed.
#include <cstring>
#include <memory>

#include "axi_memory.h"

namespace {

std::unique_ptr<hgcn::AxiMemory> memory;

bool bit(uint32_t word, int index) { return word >> index & 1; }

}  // namespace

extern "C" {

// -- Python ----------------------------------------------------------------------------------

// Returns where the bytes are, or null if the settings are not possible.
uint8_t* hgcn_dram_create(uint64_t base, uint64_t size_bytes, uint32_t beat_bytes) {
  try {
    hgcn::AxiMemoryConfig config;
    config.base = base;
    config.size_bytes = size_bytes;
    config.beat_bytes = beat_bytes;
    memory = std::make_unique<hgcn::AxiMemory>(config);
    return memory->data();
  } catch (const std::exception&) {
    return nullptr;
  }
}

void hgcn_dram_timing(uint32_t latency_cycles, uint32_t outstanding, double bytes_per_cycle,
                      double stall_probability, uint64_t seed) {
  hgcn::AxiMemoryConfig timing = memory->config();
  timing.latency_cycles = latency_cycles;
  timing.outstanding = outstanding;
  timing.bytes_per_cycle = bytes_per_cycle;
  timing.stall_probability = stall_probability;
  timing.seed = seed;
  memory->set_timing(timing);
}

void hgcn_dram_inject(uint64_t first, uint64_t bytes, uint32_t response, uint32_t reads,
                      uint32_t writes) {
  memory->inject(first, bytes, static_cast<hgcn::AxiResponse>(response), reads != 0, writes != 0);
}

void hgcn_dram_hang(uint32_t on) { memory->hang(on != 0); }

void hgcn_dram_clear_injections() { memory->clear_injections(); }

void hgcn_dram_clear_statistics() { memory->clear_statistics(); }

// cycles, read bursts, beats, bytes, write bursts, beats, bytes, errors, violations
void hgcn_dram_statistics(uint64_t* into) {
  const hgcn::AxiStatistics& s = memory->statistics();
  const uint64_t values[] = {s.cycles,       s.read_bursts, s.read_beats,
                             s.read_bytes,   s.write_bursts, s.write_beats,
                             s.write_bytes,  s.errors,      s.violations};
  std::memcpy(into, values, sizeof values);
}

// Text of a violation, or null past the last.
const char* hgcn_dram_violation(uint32_t index) {
  const auto& texts = memory->violations();
  return index < texts.size() ? texts[index].c_str() : nullptr;
}

// -- Testbench -------------------------------------------------------------------------------

// One rising edge. Flags in: 0 ar_valid, 1 r_ready, 2 aw_valid, 3 w_valid, 4 w_last, 5 b_ready,
// 6 reset (active high). Shapes: len 7:0, size 10:8, burst 12:11, id 31:16.
// Flags out: 0 ar_ready, 1 r_valid, 2 r_last, 3 aw_ready, 4 w_ready, 5 b_valid, 7:6 r_resp,
// 9:8 b_resp; ids out: r 15:0, b 31:16.
void hgcn_dram_clock(uint32_t flags, uint64_t ar_addr, uint32_t ar_shape, uint64_t aw_addr,
                     uint32_t aw_shape, uint64_t w_strobe, const uint32_t* w_data,
                     uint32_t* flags_out, uint32_t* ids_out, uint32_t* r_data) {
  *flags_out = 0;
  *ids_out = 0;
  if (!memory) return;
  if (bit(flags, 6)) {
    memory->reset();
    return;
  }
  hgcn::AxiMasterPins in;
  in.ar_valid = bit(flags, 0);
  in.r_ready = bit(flags, 1);
  in.aw_valid = bit(flags, 2);
  in.w_valid = bit(flags, 3);
  in.w_last = bit(flags, 4);
  in.b_ready = bit(flags, 5);
  in.ar_addr = ar_addr;
  in.ar_len = ar_shape & 0xFF;
  in.ar_size = ar_shape >> 8 & 7;
  in.ar_burst = ar_shape >> 11 & 3;
  in.ar_id = ar_shape >> 16;
  in.aw_addr = aw_addr;
  in.aw_len = aw_shape & 0xFF;
  in.aw_size = aw_shape >> 8 & 7;
  in.aw_burst = aw_shape >> 11 & 3;
  in.aw_id = aw_shape >> 16;
  in.w_strobe = w_strobe;
  in.w_data = reinterpret_cast<const uint8_t*>(w_data);
  memory->clock(in);
  const hgcn::AxiSlavePins& out = memory->pins();
  *flags_out = uint32_t{out.ar_ready} | uint32_t{out.r_valid} << 1 | uint32_t{out.r_last} << 2 |
               uint32_t{out.aw_ready} << 3 | uint32_t{out.w_ready} << 4 |
               uint32_t{out.b_valid} << 5 | uint32_t{out.r_response} << 6 |
               uint32_t{out.b_response} << 8;
  *ids_out = out.r_id | out.b_id << 16;
  std::memcpy(r_data, out.r_data, memory->config().beat_bytes);
}

}  // extern "C"

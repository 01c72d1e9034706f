// SPDX-License-Identifier: Apache-2.0
#include "axi_memory.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace hgcn {
namespace {

constexpr size_t kMostViolations = 100;  // Texts kept; all are counted
constexpr uint8_t kIncrement = 1;
constexpr uint64_t kPage = 4096;

std::string hex(uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace

AxiMemory::AxiMemory(const AxiMemoryConfig& config) : config_(config), bytes_(config.size_bytes) {
  if (config.beat_bytes == 0 || config.beat_bytes > 64 ||
      (config.beat_bytes & (config.beat_bytes - 1)) != 0) {
    throw std::invalid_argument("beat_bytes must be a power of two up to 64");
  }
  set_timing(config);
}

void AxiMemory::set_timing(const AxiMemoryConfig& timing) {
  config_.latency_cycles = std::max(1u, timing.latency_cycles);
  config_.outstanding = std::max(1u, timing.outstanding);
  config_.bytes_per_cycle = timing.bytes_per_cycle;
  config_.stall_probability = timing.stall_probability;
  config_.seed = timing.seed;
  random_ = timing.seed * 0x9E3779B97F4A7C15ull + 1;
  if (random_ == 0) random_ = 1;
  const double share = std::clamp(timing.stall_probability, 0.0, 1.0);
  stall_threshold_ = static_cast<uint64_t>(share * 4294967296.0);
}

void AxiMemory::reset() {
  out_ = {};
  reads_.clear();
  writes_.clear();
  last_known_ = false;
}

void AxiMemory::inject(uint64_t first, uint64_t bytes, AxiResponse response, bool reads,
                       bool writes) {
  injections_.push_back({first, bytes, response, reads, writes});
}

bool AxiMemory::stalled() {
  if (hung_) return true;
  if (stall_threshold_ == 0) return false;
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return (random_ >> 32) < stall_threshold_;
}

bool AxiMemory::spend(uint32_t bytes) {
  if (config_.bytes_per_cycle <= 0) return true;
  if (credit_ < bytes) return false;
  credit_ -= bytes;
  return true;
}

void AxiMemory::violation(const std::string& text) {
  ++statistics_.violations;
  if (violations_.size() < kMostViolations) {
    violations_.push_back("cycle " + std::to_string(now_) + ": " + text);
  }
}

void AxiMemory::check_burst(const char* channel, uint64_t address, uint8_t len, uint8_t size,
                            uint8_t burst) {
  const std::string where = std::string(channel) + " at " + hex(address);
  const uint64_t bytes = (uint64_t{len} + 1) * config_.beat_bytes;
  if (burst != kIncrement) violation(where + ": burst type is not INCR");
  if ((1u << size) != config_.beat_bytes) violation(where + ": beats are not full width");
  if (address % config_.beat_bytes != 0) violation(where + ": address is not a beat's");
  if (address / kPage != (address + bytes - 1) / kPage) violation(where + ": crosses 4 KiB");
}

// A channel that was valid and not taken must show the same now.
void AxiMemory::check_held(const AxiMasterPins& in) {
  if (last_known_) {
    const AxiMasterPins& was = last_;
    if (was.ar_valid && !out_.ar_ready &&
        !(in.ar_valid && in.ar_addr == was.ar_addr && in.ar_len == was.ar_len &&
          in.ar_id == was.ar_id)) {
      violation("AR at " + hex(was.ar_addr) + " changed before it was taken");
    }
    if (was.aw_valid && !out_.aw_ready &&
        !(in.aw_valid && in.aw_addr == was.aw_addr && in.aw_len == was.aw_len &&
          in.aw_id == was.aw_id)) {
      violation("AW at " + hex(was.aw_addr) + " changed before it was taken");
    }
    if (was.w_valid && !out_.w_ready &&
        !(in.w_valid && in.w_last == was.w_last && in.w_strobe == was.w_strobe &&
          std::memcmp(in.w_data, last_data_, config_.beat_bytes) == 0)) {
      violation("W beat changed before it was taken");
    }
  }
}

uint8_t AxiMemory::response(uint64_t address, bool write) const {
  const uint64_t end = address + config_.beat_bytes;
  if (address < config_.base || end > config_.base + config_.size_bytes || end < address) {
    return static_cast<uint8_t>(AxiResponse::kSlaveError);
  }
  for (const Injection& entry : injections_) {
    const bool applies = write ? entry.writes : entry.reads;
    if (applies && address < entry.first + entry.bytes && entry.first < end) {
      return static_cast<uint8_t>(entry.response);
    }
  }
  return static_cast<uint8_t>(AxiResponse::kOkay);
}

AxiMemory::Burst AxiMemory::make_burst(uint64_t address, uint32_t len, uint32_t id) {
  Burst burst{};
  burst.address = address;
  burst.id = id;
  burst.beats = len + 1;
  burst.data.resize(size_t{burst.beats} * config_.beat_bytes);
  burst.response.resize(burst.beats);
  return burst;
}

void AxiMemory::accept_read(const AxiMasterPins& in) {
  check_burst("AR", in.ar_addr, in.ar_len, in.ar_size, in.ar_burst);
  Burst burst = make_burst(in.ar_addr, in.ar_len, in.ar_id);
  burst.due = now_ + config_.latency_cycles - 1;
  bool failed = false;
  for (uint32_t i = 0; i < burst.beats; ++i) {
    const uint64_t address = in.ar_addr + uint64_t{i} * config_.beat_bytes;
    burst.response[i] = response(address, false);
    failed |= burst.response[i] != 0;
    if (burst.response[i] != 0) continue;  // An erroneous beat carries zeros
    std::memcpy(&burst.data[size_t{i} * config_.beat_bytes], &bytes_[address - config_.base],
                config_.beat_bytes);
  }
  ++statistics_.read_bursts;
  statistics_.errors += failed;
  reads_.push_back(std::move(burst));
}

void AxiMemory::accept_write(const AxiMasterPins& in) {
  check_burst("AW", in.aw_addr, in.aw_len, in.aw_size, in.aw_burst);
  Burst burst = make_burst(in.aw_addr, in.aw_len, in.aw_id);
  burst.strobes.resize(burst.beats);
  ++statistics_.write_bursts;
  writes_.push_back(std::move(burst));
}

void AxiMemory::accept_data(const AxiMasterPins& in) {
  auto open = std::find_if(writes_.begin(), writes_.end(), [](const Burst& b) { return !b.complete; });
  if (open == writes_.end()) return;  // w_ready is low without an open burst
  Burst& burst = *open;
  const uint32_t beat = burst.done++;
  burst.strobes[beat] = in.w_strobe;
  std::memcpy(&burst.data[size_t{beat} * config_.beat_bytes], in.w_data, config_.beat_bytes);
  burst.response[beat] =
      response(burst.address + uint64_t{beat} * config_.beat_bytes, true);
  ++statistics_.write_beats;
  for (uint32_t i = 0; i < config_.beat_bytes; ++i) statistics_.write_bytes += in.w_strobe >> i & 1;
  const bool last = burst.done == burst.beats;
  if (in.w_last != last) {
    violation("W beat " + std::to_string(beat) + " of the burst at " + hex(burst.address) +
              (last ? ": WLAST is missing" : ": WLAST is early"));
  }
  if (last) {
    burst.complete = true;
    burst.due = now_ + config_.latency_cycles - 1;
  }
}

void AxiMemory::commit(const Burst& burst) {
  for (uint32_t beat = 0; beat < burst.beats; ++beat) {
    if (burst.response[beat] != 0) continue;
    const size_t from = size_t{beat} * config_.beat_bytes;
    uint8_t* to = &bytes_[burst.address - config_.base + from];
    const uint64_t strobe = burst.strobes[beat];
    for (uint32_t i = 0; i < config_.beat_bytes; ++i) {
      if (strobe >> i & 1) to[i] = burst.data[from + i];
    }
  }
}

void AxiMemory::drive_read() {
  if (out_.r_valid) return;  // Held until taken
  if (reads_.empty() || reads_.front().due > now_ || stalled() || !spend(config_.beat_bytes)) {
    return;
  }
  const Burst& burst = reads_.front();
  out_.r_valid = true;
  out_.r_last = burst.done + 1 == burst.beats;
  out_.r_id = burst.id;
  out_.r_response = burst.response[burst.done];
  std::memcpy(out_.r_data, &burst.data[size_t{burst.done} * config_.beat_bytes],
              config_.beat_bytes);
}

void AxiMemory::drive_write() {
  if (!out_.b_valid && !writes_.empty() && writes_.front().complete &&
      writes_.front().due <= now_ && !stalled()) {
    const Burst& burst = writes_.front();
    commit(burst);
    out_.b_valid = true;
    out_.b_id = burst.id;
    out_.b_response = *std::max_element(burst.response.begin(), burst.response.end());
    statistics_.errors += out_.b_response != 0;
    writes_.pop_front();
  }
  const bool open = !writes_.empty() && !writes_.back().complete;
  out_.w_ready = open && !stalled() && spend(config_.beat_bytes);
}

void AxiMemory::clock(const AxiMasterPins& in) {
  ++now_;
  ++statistics_.cycles;
  check_held(in);
  const bool ar_taken = in.ar_valid && out_.ar_ready;
  const bool aw_taken = in.aw_valid && out_.aw_ready;
  const bool w_taken = in.w_valid && out_.w_ready;
  if (out_.r_valid && in.r_ready) {
    ++statistics_.read_beats;
    statistics_.read_bytes += config_.beat_bytes;
    out_.r_valid = false;
    if (++reads_.front().done == reads_.front().beats) reads_.pop_front();
  }
  if (out_.b_valid && in.b_ready) out_.b_valid = false;
  // An unused promise of bandwidth to W goes back.
  if (out_.w_ready && !w_taken && config_.bytes_per_cycle > 0) credit_ += config_.beat_bytes;
  if (w_taken) accept_data(in);
  if (ar_taken) accept_read(in);
  if (aw_taken) accept_write(in);
  last_known_ = true;
  last_ = in;
  // Only what was not taken must be held.
  last_.ar_valid = in.ar_valid && !ar_taken;
  last_.aw_valid = in.aw_valid && !aw_taken;
  last_.w_valid = in.w_valid && !w_taken;
  if (last_.w_valid) std::memcpy(last_data_, in.w_data, config_.beat_bytes);
  if (config_.bytes_per_cycle > 0) {
    credit_ = std::min(credit_ + config_.bytes_per_cycle, 4.0 * config_.beat_bytes);
  }
  // Who asks first for the shared bandwidth changes every cycle: neither side starves.
  if (now_ & 1) {
    drive_read();
    drive_write();
  } else {
    drive_write();
    drive_read();
  }
  out_.ar_ready = reads_.size() < config_.outstanding && !stalled();
  out_.aw_ready = writes_.size() < config_.outstanding && !stalled();
}

}  // namespace hgcn

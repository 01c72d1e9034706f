// SPDX-License-Identifier: Apache-2.0
// Memory behind an AXI4 slave port, clocked one edge at a time. Knows nothing of any simulator.
#ifndef HGCN_SIM_DRAM_AXI_MEMORY_H_
#define HGCN_SIM_DRAM_AXI_MEMORY_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace hgcn {

enum class AxiResponse : uint8_t { kOkay = 0, kSlaveError = 2, kDecodeError = 3 };

struct AxiMemoryConfig {
  uint64_t base = 0;              // First address
  uint64_t size_bytes = 0;        // Addresses outside answer SLVERR
  uint32_t beat_bytes = 16;       // Width of the data channels, at most 64
  uint32_t latency_cycles = 40;   // AR beat to first R beat; last W beat to B beat
  uint32_t outstanding = 32;      // Bursts accepted ahead, each direction
  double bytes_per_cycle = 0;     // Both directions together; 0: no limit
  double stall_probability = 0;   // Per channel and cycle
  uint64_t seed = 1;
};

// What the master drives, sampled just before the clock edge.
struct AxiMasterPins {
  bool ar_valid = false, r_ready = false, aw_valid = false, w_valid = false, w_last = false,
       b_ready = false;
  uint64_t ar_addr = 0, aw_addr = 0, w_strobe = 0;
  uint32_t ar_id = 0, aw_id = 0;
  uint8_t ar_len = 0, ar_size = 0, ar_burst = 0, aw_len = 0, aw_size = 0, aw_burst = 0;
  const uint8_t* w_data = nullptr;
};

// What the memory drives after the edge.
struct AxiSlavePins {
  bool ar_ready = false, r_valid = false, r_last = false, aw_ready = false, w_ready = false,
       b_valid = false;
  uint8_t r_response = 0, b_response = 0;
  uint32_t r_id = 0, b_id = 0;
  uint8_t r_data[64] = {};
};

struct AxiStatistics {
  uint64_t cycles = 0, read_bursts = 0, read_beats = 0, read_bytes = 0;
  uint64_t write_bursts = 0, write_beats = 0, write_bytes = 0;
  uint64_t errors = 0;       // Bursts answered with an error
  uint64_t violations = 0;   // Breaches of the protocol by the master
};

/// AXI4 memory: INCR bursts of full-width beats, in order, with latency, rate limit and stalls.
///
/// A read takes its data when its address is accepted, a write is seen when its response is sent:
/// a master that reads what it wrote without waiting for the response gets old data here.
class AxiMemory {
 public:
  explicit AxiMemory(const AxiMemoryConfig& config);

  uint8_t* data() { return bytes_.data(); }
  const AxiMemoryConfig& config() const { return config_; }
  const AxiSlavePins& pins() const { return out_; }
  const AxiStatistics& statistics() const { return statistics_; }
  const std::vector<std::string>& violations() const { return violations_; }

  /// One rising edge out of reset.
  void clock(const AxiMasterPins& in);
  /// One rising edge in reset: everything under way is forgotten, memory stays.
  void reset();
  /// Bursts touching [first, first + bytes) answer `response` from now on.
  void inject(uint64_t first, uint64_t bytes, AxiResponse response, bool reads, bool writes);
  void clear_injections() { injections_.clear(); }
  /// Take and answer nothing more; what is on the pins stays there until it is taken.
  void hang(bool on) { hung_ = on; }
  /// Change timing while nothing is under way.
  void set_timing(const AxiMemoryConfig& timing);
  void clear_statistics() { statistics_ = {}; }

 private:
  struct Burst {
    uint64_t address;
    uint64_t due;  // Cycle of the first R beat, or of the B beat once all data is here
    uint32_t id, beats, done;
    bool complete;
    std::vector<uint8_t> data, response;
    std::vector<uint64_t> strobes;
  };
  struct Injection {
    uint64_t first, bytes;
    AxiResponse response;
    bool reads, writes;
  };

  void accept_read(const AxiMasterPins& in);
  void accept_write(const AxiMasterPins& in);
  void accept_data(const AxiMasterPins& in);
  void drive_read();
  void drive_write();
  void commit(const Burst& burst);
  Burst make_burst(uint64_t address, uint32_t len, uint32_t id);
  uint8_t response(uint64_t address, bool write) const;
  void check_burst(const char* channel, uint64_t address, uint8_t len, uint8_t size,
                   uint8_t burst);
  void check_held(const AxiMasterPins& in);
  void violation(const std::string& text);
  bool stalled();
  bool spend(uint32_t bytes);

  AxiMemoryConfig config_;
  std::vector<uint8_t> bytes_;
  AxiSlavePins out_;
  AxiStatistics statistics_;
  std::vector<std::string> violations_;
  std::vector<Injection> injections_;
  std::deque<Burst> reads_, writes_;
  AxiMasterPins last_;
  uint8_t last_data_[64] = {};
  bool last_known_ = false, hung_ = false;
  uint64_t now_ = 0, random_ = 1, stall_threshold_ = 0;
  double credit_ = 0;
};

}  // namespace hgcn

#endif  // HGCN_SIM_DRAM_AXI_MEMORY_H_

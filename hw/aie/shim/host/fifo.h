// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_SHIM_HOST_FIFO_H_
#define HGCN_SHIM_HOST_FIFO_H_

/// Bounded FIFOs between fibers; a read of an empty one and a write to a full one block.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "fiber.h"

namespace adf::host {

inline void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(4);
}

/// A stream beat (4 words and tlast) or a cascade word (16).
struct Word {
  std::array<std::int32_t, 16> data{};
  bool last = false;
};

class Fifo {
 public:
  Fifo(std::string name, bool is_cascade) : name_(std::move(name)), cascade_(is_cascade) {}

  const std::string& name() const { return name_; }
  bool cascade() const { return cascade_; }
  bool empty() const { return words_.empty(); }
  bool full() const { return words_.size() >= depth(); }
  /// The last word read was not the end of a packet.
  bool open() const { return open_; }

  Word read() {
    while (empty()) fibers().wait([this] { return !empty(); }, "reads " + name_);
    const Word word = words_.front();
    words_.pop_front();
    open_ = !cascade_ && !word.last;
    fibers().moved();
    return word;
  }
  void push(const Word& word) {
    words_.push_back(word);
    fibers().moved();
  }

  /// Words every FIFO holds.
  static std::size_t& depth() {
    static std::size_t words = 4;
    return words;
  }

 private:
  std::string name_;
  bool cascade_;
  bool open_ = false;
  std::deque<Word> words_;
};

/// Where a kernel or an input PLIO writes: every sink takes the word, all together.
struct Output {
  std::vector<Fifo*> sinks;

  bool full() const {
    for (const Fifo* sink : sinks) {
      if (sink->full()) return true;
    }
    return false;
  }
  void push(const Word& word) {
    for (Fifo* sink : sinks) sink->push(word);
  }
  void write(const Word& word) {
    while (full()) fibers().wait([this] { return !full(); }, "writes " + sinks[0]->name());
    push(word);
  }
};

}  // namespace adf::host

#endif  // HGCN_SHIM_HOST_FIFO_H_

// SPDX-License-Identifier: Apache-2.0

/// Runs the graph it is linked with on files of PLIO beats.
///
///     run --list                    ports and kernels with their places
///     run [options] INPUT OUTPUT    beats `<plio> <tlast> <tdata, 32 hex digits>`, one a line
///
///     --depth N    words every FIFO holds (default 4)
///     --seed N     ports stall at random; without it they never do
///     --in-order   input beats enter in the order of the file, over all ports
///
/// Exit 2: usage or input; 3: deadlock, or an end in the middle of a packet; 4: a faulty graph.

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "design.h"

namespace {

using adf::host::design;
using adf::host::fibers;
using adf::host::Kind;
using adf::host::Node;
using adf::host::Word;

struct Source {
  Node* node;
  std::vector<Word> words;
  std::size_t next = 0;
};

struct Options {
  bool in_order = false, stalls = false;
  std::mt19937 random;
  std::vector<std::string> files;
};

int usage(const std::string& what) {
  std::cerr << what << "\n";
  return 2;
}

Word parse(const std::string& last, const std::string& hex) {
  Word word;
  word.last = last == "1";
  for (unsigned i = 0; i < 4; ++i) {
    const std::string part = hex.substr(24 - 8 * i, 8);
    word.data[i] = static_cast<std::int32_t>(std::stoul(part, nullptr, 16));
  }
  return word;
}

void print(std::ostream& to, const std::string& name, const Word& word) {
  char hex[33];
  for (unsigned i = 0; i < 4; ++i) {
    std::snprintf(hex + 8 * i, 9, "%08x", static_cast<unsigned>(word.data[3 - i]));
  }
  to << name << ' ' << (word.last ? '1' : '0') << ' ' << hex << '\n';
}

void list() {
  const char* kinds[] = {"kernel", "input", "output"};
  for (const auto& node : design().nodes) {
    std::cout << kinds[static_cast<int>(node->kind)] << ',' << node->name << ','
              << node->place.column << ',' << node->place.row << '\n';
  }
}

class Bench {
 public:
  explicit Bench(Options& options) : options_(options) {
    for (const auto& node : design().nodes) {
      if (node->kind == Kind::kKernel) fibers().start(node->name, node->body);
      if (node->kind == Kind::kInput) sources_[node->name] = {node.get(), {}, 0};
    }
  }

  bool load(const std::string& path) {
    std::ifstream file(path);
    std::string name, last, hex;
    while (file >> name >> last >> hex) {
      const auto found = sources_.find(name);
      if (found == sources_.end() || hex.size() != 32) return false;
      found->second.words.push_back(parse(last, hex));
      order_.push_back(&found->second);
    }
    return file.eof();
  }

  int run(const std::string& path) {
    std::ofstream output(path);
    unsigned still = 0;
    while (still < 2) {  // Random stalls: one round without any must have been idle, too
      const bool stall = options_.stalls && still == 0;
      feed(stall);
      const bool moved = fibers().round();
      const bool drained = drain(output, stall);
      still = moved || drained ? 0 : still + 1;
    }
    return verdict();
  }

 private:
  bool stalled(bool stall) { return stall && options_.random() % 2 == 0; }

  void feed(bool stall) {
    if (options_.in_order) {
      while (place_ < order_.size() && !order_[place_]->node->outputs[0].full()) {
        if (stalled(stall)) return;
        push(*order_[place_++]);
      }
      return;
    }
    for (auto& [name, source] : sources_) {
      while (source.next < source.words.size() && !source.node->outputs[0].full()) {
        if (stalled(stall)) break;
        push(source);
      }
    }
  }
  void push(Source& source) { source.node->outputs[0].push(source.words[source.next++]); }

  bool drain(std::ostream& output, bool stall) {
    bool any = false;
    for (const auto& node : design().nodes) {
      if (node->kind != Kind::kOutput) continue;
      while (!node->inputs[0]->empty() && !stalled(stall)) {
        print(output, node->name, node->inputs[0]->read());
        any = true;
      }
    }
    return any;
  }

  int verdict() const {
    std::string why;
    for (const auto& [name, source] : sources_) {
      const std::size_t rest = source.words.size() - source.next;
      if (rest > 0) why += "  " + name + ": " + std::to_string(rest) + " beats not taken\n";
    }
    for (const auto& fifo : design().fifos) {
      if (!fifo->empty()) why += "  " + fifo->name() + ": words not read\n";
      if (fifo->open()) why += "  " + fifo->name() + ": in the middle of a packet\n";
    }
    if (why.empty()) return 0;
    std::cerr << "deadlock or cut packet:\n" << why << fibers().state();
    return 3;
  }

  Options& options_;
  std::map<std::string, Source> sources_;
  std::vector<Source*> order_;
  std::size_t place_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  Options options;
  design().check();
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "--list") {
      list();
      return 0;
    } else if (word == "--in-order") {
      options.in_order = true;
    } else if ((word == "--depth" || word == "--seed") && i + 1 < count) {
      const unsigned long value = std::stoul(arguments[++i]);
      if (word == "--depth") adf::host::Fifo::depth() = std::max(value, 1ul);
      if (word == "--seed") options.random.seed(static_cast<unsigned>(value));
      if (word == "--seed") options.stalls = true;
    } else {
      options.files.push_back(word);
    }
  }
  if (options.files.size() != 2) return usage("run [options] INPUT OUTPUT");
  Bench bench(options);
  if (!bench.load(options.files[0])) return usage("malformed input " + options.files[0]);
  return bench.run(options.files[1]);
}

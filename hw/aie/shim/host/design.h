// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_SHIM_HOST_DESIGN_H_
#define HGCN_SHIM_HOST_DESIGN_H_

/// Everything a graph consists of, in the order it was made.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fifo.h"

namespace adf::host {

enum class Kind { kKernel, kInput, kOutput };

struct Place {
  int column = -1, row = -1;
};

struct Node {
  Kind kind;
  std::string name;
  std::string source;
  Place place;
  double ratio = 0;
  unsigned stack_bytes = 1024, heap_bytes = 1024;
  std::vector<Fifo*> inputs;
  std::vector<Output> outputs;
  std::function<void()> body;  ///< A kernel's
};

class Design {
 public:
  std::vector<std::shared_ptr<Node>> nodes;
  std::vector<std::unique_ptr<Fifo>> fifos;

  std::shared_ptr<Node> add(Kind kind, std::string name) {
    if (kind == Kind::kKernel) name = "kernel " + std::to_string(nodes.size());
    for (const auto& other : nodes) require(other->name != name, name + " is created twice");
    nodes.push_back(std::make_shared<Node>());
    nodes.back()->kind = kind;
    nodes.back()->name = std::move(name);
    return nodes.back();
  }

  void join(Node& from, unsigned out, Node& to, unsigned in, bool is_cascade) {
    require(to.inputs[in] == nullptr, to.name + ": an input is driven twice");
    fifos.push_back(std::make_unique<Fifo>(from.name + " to " + to.name, is_cascade));
    to.inputs[in] = fifos.back().get();
    from.outputs[out].sinks.push_back(fifos.back().get());
  }

  /// What the vendor's compiler would refuse.
  void check() const {
    for (const auto& node : nodes) {
      for (const Fifo* fifo : node->inputs) require(fifo != nullptr, node->name + ": input open");
      for (const Output& output : node->outputs) {
        require(!output.sinks.empty(), node->name + ": output open");
      }
      require(node->place.column >= 0, node->name + " is not placed");
      if (node->kind != Kind::kKernel) continue;
      require(node->place.row >= 0, node->name + " is not placed on a tile");
      require(!node->source.empty() && node->ratio > 0 && node->ratio <= 1,
              node->name + ": source or runtime ratio missing");
      for (const auto& other : nodes) {
        require(other == node || other->kind != Kind::kKernel ||
                    other->place.column != node->place.column ||
                    other->place.row != node->place.row || other->ratio + node->ratio <= 1,
                node->name + " and " + other->name + " share a tile beyond its time");
      }
      for (const Output& output : node->outputs) {
        for (const auto& other : nodes) {
          for (const Fifo* fifo : other->inputs) {
            if (fifo != output.sinks[0] || !fifo->cascade()) continue;
            require(other->place.column == node->place.column + 1 &&
                        other->place.row == node->place.row,
                    node->name + ": a cascade goes to the tile east of it");
          }
        }
      }
    }
  }
};

inline Design& design() {
  static Design made;
  return made;
}

}  // namespace adf::host

#endif  // HGCN_SHIM_HOST_DESIGN_H_

// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_SHIM_ADF_H_
#define HGCN_SHIM_ADF_H_

/// Plain C++ stand-in for the part of ADF that the graph uses. Kernels run as fibers over FIFOs of
/// few beats; `host/run.cc` feeds the input PLIOs and collects the output ones.

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "host/design.h"

#define REGISTER_FUNCTION(function) \
  static_assert(std::is_member_function_pointer_v<decltype(&function)>, "a method of the kernel")

template <class T>
struct input_stream {
  static constexpr bool kInput = true;
  adf::host::Fifo* fifo;
};
template <class T>
struct output_stream {
  static constexpr bool kInput = false;
  adf::host::Output* fifo;
};
template <class T>
struct input_cascade {
  static constexpr bool kInput = true;
  adf::host::Fifo* fifo;
};
template <class T>
struct output_cascade {
  static constexpr bool kInput = false;
  adf::host::Output* fifo;
};

namespace adf {

struct stream {};
struct cascade {};
struct ratio {};
struct PLIO {};
enum plio_type { plio_32_bits = 32, plio_64_bits = 64, plio_128_bits = 128 };

using location_constraint = host::Place;

inline location_constraint tile(int column, int row) { return {column, row}; }
inline location_constraint shim(int column) { return {column, -1}; }

/// One port of a kernel or PLIO.
struct port {
  std::shared_ptr<host::Node> node;
  unsigned index;
};

template <bool kInput>
struct ports {
  std::shared_ptr<host::Node> node;
  port operator[](unsigned index) const {
    host::require(node != nullptr, "a kernel or PLIO is connected before it is created");
    host::require(index < (kInput ? node->inputs.size() : node->outputs.size()),
                  node->name + " has no port " + std::to_string(index));
    return {node, index};
  }
};

class kernel {
 public:
  ports<true> in;
  ports<false> out;
  std::shared_ptr<host::Node> node;

  /// A kernel from a class with `run(ports...)` and `registerKernelClass()`.
  template <class Class>
  static kernel create_object() {
    Class::registerKernelClass();
    return bind(std::make_shared<Class>(), &Class::run);
  }

 private:
  template <class Class, class... Ports>
  static kernel bind(std::shared_ptr<Class> object, void (Class::*run)(Ports*...)) {
    kernel made;
    made.node = host::design().add(host::Kind::kKernel, "");
    made.in.node = made.out.node = made.node;
    host::Node& node = *made.node;
    node.inputs.resize((0u + ... + (Ports::kInput ? 1u : 0u)));
    node.outputs.resize((0u + ... + (Ports::kInput ? 0u : 1u)));
    node.body = [object, run, &node] {
      unsigned inputs = 0, outputs = 0;
      std::tuple<Ports...> bound{attach<Ports>(node, inputs, outputs)...};
      std::apply([&](Ports&... port) { ((*object).*run)(&port...); }, bound);
    };
    return made;
  }
  template <class Port>
  static Port attach(host::Node& node, unsigned& inputs, unsigned& outputs) {
    if constexpr (Port::kInput) {
      return Port{node.inputs[inputs++]};
    } else {
      return Port{&node.outputs[outputs++]};
    }
  }
};

namespace host {
inline std::shared_ptr<Node> plio(Kind kind, const std::string& name, plio_type width,
                                  double frequency) {
  require(width == plio_128_bits && frequency > 0, name + ": PLIOs have 128 bits and a clock");
  std::shared_ptr<Node> node = design().add(kind, name);
  if (kind == Kind::kInput) node->outputs.resize(1);
  if (kind == Kind::kOutput) node->inputs.resize(1);
  return node;
}
}  // namespace host

class input_plio {
 public:
  ports<false> out;
  std::shared_ptr<host::Node> node;
  static input_plio create(const std::string& name, plio_type width, const std::string&,
                           double frequency) {
    input_plio made;
    made.out.node = made.node = host::plio(host::Kind::kInput, name, width, frequency);
    return made;
  }
};

class output_plio {
 public:
  ports<true> in;
  std::shared_ptr<host::Node> node;
  static output_plio create(const std::string& name, plio_type width, const std::string&,
                            double frequency) {
    output_plio made;
    made.in.node = made.node = host::plio(host::Kind::kOutput, name, width, frequency);
    return made;
  }
};

template <class Net>
struct connect {
  connect(port from, port to) {
    host::design().join(*from.node, from.index, *to.node, to.index,
                        std::is_same_v<Net, cascade>);
  }
};

class graph {};

inline std::string& source(kernel& k) { return k.node->source; }
inline unsigned& stack_size(kernel& k) { return k.node->stack_bytes; }
inline unsigned& heap_size(kernel& k) { return k.node->heap_bytes; }
template <class What>
double& runtime(kernel& k) {
  return k.node->ratio;
}
template <class What, class Object>
location_constraint& location(Object& object) {
  return object.node->place;
}

}  // namespace adf

#endif  // HGCN_SHIM_ADF_H_

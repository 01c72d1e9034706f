// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_GRAPH_TENSOR_ARRAY_H_
#define HGCN_AIE_GRAPH_TENSOR_ARRAY_H_

/// The ADF graph of R x C tensor PEs: what is the same on every device.
///
///     plio_a_r --+--> pe[r*C] .. pe[r*C+C-1] --> plio_c_r_c
///     plio_b_r_c ---->  (one each)
///
/// On AIE-ML the A beats of a PE come by way of a forwarder, over the cascade. The generated
/// hgcn_graph.h creates the ports and places everything; nothing configures or starts the kernels.

#include <adf.h>

#include "../kernels/budget.h"
#include "../kernels/forward_left.h"
#include "../kernels/tensor_pe.h"

namespace hgcn {

/// The kernels in front of the PEs' A ports: none on AIE1.
template <class Arch, bool kForwards>
struct Forwarders {
  void create() {}
  void connect(unsigned pe, adf::input_plio& from, adf::kernel& to) {
    (void)pe;
    adf::connect<adf::stream>(from.out[0], to.in[0]);
  }
};

template <class Arch>
struct Forwarders<Arch, true> {
  adf::kernel kernels[Arch::R * Arch::C];

  void create() {
    for (adf::kernel& k : kernels) {
      k = adf::kernel::create_object<ForwardLeft>();
      adf::source(k) = "hgcn_kernels.cc";
      adf::runtime<adf::ratio>(k) = 0.9;
    }
  }
  void connect(unsigned pe, adf::input_plio& from, adf::kernel& to) {
    adf::connect<adf::stream>(from.out[0], kernels[pe].in[0]);
    adf::connect<adf::cascade>(kernels[pe].out[0], to.in[0]);
  }
};

template <class Arch>
class TensorArray : public adf::graph {
 public:
  adf::input_plio a[Arch::R];
  adf::input_plio b[Arch::R * Arch::C];   ///< PE (r, c) has number r * C + c
  adf::output_plio c[Arch::R * Arch::C];
  adf::kernel pe[Arch::R * Arch::C];
  Forwarders<Arch, Target<Arch>::kForwards> forward;

 protected:
  void create_kernels() {
    for (adf::kernel& k : pe) {
      k = adf::kernel::create_object<TensorPe<Arch>>();
      adf::source(k) = "hgcn_kernels.cc";
      adf::runtime<adf::ratio>(k) = 0.9;
      adf::stack_size(k) = MemoryBudget<Arch>::kStackBytes;
      adf::heap_size(k) = MemoryBudget<Arch>::kHeapBytes;
    }
    forward.create();
  }

  /// Call when the ports have been created.
  void connect_all() {
    for (unsigned row = 0; row < Arch::R; ++row) {
      for (unsigned column = 0; column < Arch::C; ++column) {
        const unsigned p = row * Arch::C + column;
        forward.connect(p, a[row], pe[p]);
        adf::connect<adf::stream>(b[p].out[0], pe[p].in[1]);
        adf::connect<adf::stream>(pe[p].out[0], c[p].in[0]);
      }
    }
  }
};

}  // namespace hgcn

#endif  // HGCN_AIE_GRAPH_TENSOR_ARRAY_H_

// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_INT8_TILE_H_
#define HGCN_AIE_KERNELS_INT8_TILE_H_

#include "tile_loop.h"

namespace hgcn {

/// A beats of an int8 left operand: already the blocks of `Shape::Group`.
template <class Arch>
struct Int8Fetch {
  using S = Shape<Arch>;

  static void beats(Inputs<Arch>& inputs, int8*& left, unsigned count) {
    for (unsigned i = 0; i < count; ++i) HGCN_UNROLL {
      aie::store_v(left, inputs.read_left().template cast_to<int8>());
      left += 16;
    }
  }
  static void step(Inputs<Arch>& inputs, int8*& left) { beats(inputs, left, S::kInt8Step); }
  static void slice(Inputs<Arch>& inputs, int8*& left) { beats(inputs, left, S::kInt8Beats); }
};

/// Sums of a packet whose left operand is int8: T x 8S by 8S x N.
///
/// Layout    A payload: slices of T rows by 8, row-major. B payload: slices of 8 x N0 blocks.
///           Sums: 4 x N0 blocks, row-major. Dense and condensed slices look alike: the gather of
///           right-operand rows has been done in the programmable logic.
/// Aliasing  None: `work` is this PE's own.
/// Numerics  int8 by int8 into int32, exact.
/// Model     sim/benches/array/plio_model.py, tensor_pe, exactly.
template <class Arch>
inline void int8_tile(Inputs<Arch>& inputs, unsigned slices, typename Shape<Arch>::Work& work,
                      Output<Arch>& output) {
  accumulate<Arch, Int8Fetch<Arch>>(inputs, slices, work, output);
}

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_INT8_TILE_H_

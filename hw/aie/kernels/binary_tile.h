// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_BINARY_TILE_H_
#define HGCN_AIE_KERNELS_BINARY_TILE_H_

#include "tile_loop.h"

namespace hgcn {

/// A beats of a binary left operand, expanded to int8 as they come. A 32-bit word of a beat is 4
/// rows of 8 bits: bit 8 * row + k is element 8 * row + k of one 4 x 8 block.
template <class Arch>
struct BinaryFetch {
  using S = Shape<Arch>;

  static void beats(Inputs<Arch>& inputs, int8*& left, unsigned count) {
    for (unsigned i = 0; i < count; ++i) HGCN_UNROLL {
      const Beat bits = inputs.read_left();
      for (unsigned word = 0; word < 4; ++word) HGCN_UNROLL {
        aie::store_v(left, Target<Arch>::expand(bits.get(word)));
        left += 32;
      }
    }
  }
  static void step(Inputs<Arch>& inputs, int8*& left) { beats(inputs, left, S::kBinaryStep); }
  static void slice(Inputs<Arch>& inputs, int8*& left) { beats(inputs, left, S::kBinaryBeats); }
};

/// Sums of a packet whose left operand is binary: T x 8S bits by 8S x N int8.
///
/// Layout    A payload: slices of T bytes, byte t is row t, bit k is column k. B payload: slices of
///           8 x N0 blocks. Sums: 4 x N0 blocks, row-major. Dense and condensed slices look alike:
///           the gather of right-operand rows has been done in the programmable logic.
/// Aliasing  None: `work` is this PE's own.
/// Numerics  0 or 1 by int8 into int32, exact.
/// Model     sim/benches/array/plio_model.py, tensor_pe, exactly.
template <class Arch>
inline void binary_tile(Inputs<Arch>& inputs, unsigned slices, typename Shape<Arch>::Work& work,
                        Output<Arch>& output) {
  accumulate<Arch, BinaryFetch<Arch>>(inputs, slices, work, output);
}

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_BINARY_TILE_H_

// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_TILE_LOOP_H_
#define HGCN_AIE_KERNELS_TILE_LOOP_H_

/// What the binary and the int8 tile kernel share: products of a group, the loop over groups, and
/// the C packet, which leaves while the last group is multiplied.

#include "packet.h"
#include "shape.h"

namespace hgcn {

/// Both input ports of a packet under way.
template <class Arch>
struct Inputs {
  typename Target<Arch>::LeftPort* left;
  input_stream<int32>* right;
  Framing left_framing, right_framing;

  Beat read_left() {
    bool last = false;
    const Beat beat = Target<Arch>::read_left(left, last);
    left_framing.note(last);
    return beat;
  }
  Beat read_right() {
    bool last = false;
    const Beat beat = readincr_v<4>(right, last);
    right_framing.note(last);
    return beat;
  }
  /// Reads right-operand beats to `to`, which moves on; they are stored as they come.
  void fetch_right(int8*& to, unsigned beats) {
    for (unsigned i = 0; i < beats; ++i) HGCN_UNROLL {
      aie::store_v(to, read_right().template cast_to<int8>());
      to += kBeatBytes;
    }
  }
};

/// The C packet of a pair: the sums as they lie, a row block at a time.
template <class Arch>
struct Output {
  using S = Shape<Arch>;
  output_stream<int32>* port;
  Header header;
  const int32* sums;

  /// Call when all beats of the pair have been read: only then is it known to be whole.
  void open(const Inputs<Arch>& inputs) {
    const bool whole = inputs.left_framing.whole() && inputs.right_framing.whole();
    header.magic = whole ? kMagicC : kMagicBad;
    writeincr(port, header.beat(), false);
  }
  void row_block(unsigned m) {
    constexpr unsigned beats = S::kSumBeats / S::kRowBlocks;
    for (unsigned i = 0; i < beats; ++i) HGCN_UNROLL {
      const bool last = m == S::kRowBlocks - 1 && i == beats - 1;
      writeincr(port, aie::load_v<4>(sums + 4 * (m * beats + i)), last);
    }
  }
};

/// sums (+)= left * right over the G slices of a group; `step(m)` runs after each row block.
///
/// Layout    `Shape::Group` and `Shape::Work::sums`.
/// Aliasing  `step` writes another group than `group`.
/// Numerics  Exact in int32: products and sums fit the accumulators; to int32 without shift or
///           saturation (the default of both targets), so sums wrap as the RTL's do.
/// Model     sim/benches/array/plio_model.py, tensor_pe, exactly.
template <class Arch, bool kFirst, class Step>
inline void multiply_group(const typename Shape<Arch>::Group& group, int32* __restrict sums,
                           Step step) {
  using S = Shape<Arch>;
  using Product = typename S::Product;

  for (unsigned m = 0; m < S::kRowBlocks; ++m) HGCN_PIPELINE {
    Block left[S::G];
    for (unsigned g = 0; g < S::G; ++g) HGCN_UNROLL {
      const int8* block = group.left + (g * S::kRowBlocks + m) * Product::size_A;
      left[g] = aie::load_v<Product::size_A>(block);
    }
    for (unsigned n = 0; n < S::kColBlocks; ++n) HGCN_UNROLL {
      int32* sum_at = sums + (m * S::kColBlocks + n) * Product::size_C;
      const int8* right = group.right + n * Product::size_B;
      Product sum;
      if constexpr (kFirst) {
        sum.mul(left[0], aie::load_v<Product::size_B>(right));
      } else {
        sum = Product(aie::load_v<Product::size_C>(sum_at));
        sum.mac(left[0], aie::load_v<Product::size_B>(right));
      }
      for (unsigned g = 1; g < S::G; ++g) HGCN_UNROLL {
        sum.mac(left[g], aie::load_v<Product::size_B>(right + g * S::kRightBytes));
      }
      aie::store_v(sum_at, sum.template to_vector<int32>());
    }
    step(m);
  }
}

/// Sums of a whole packet into `work.sums`, and from there to `output`.
///
/// `Fetch::step(inputs, left)` and `Fetch::slice(inputs, left)` read the A beats of a step and of a
/// slice, store them expanded, and move `left` on. Slices missing from the last group are zeros in
/// the left operand; what the right one holds there does not matter.
template <class Arch, class Fetch>
inline void accumulate(Inputs<Arch>& inputs, unsigned slices, typename Shape<Arch>::Work& work,
                       Output<Arch>& output) {
  using S = Shape<Arch>;
  unsigned current = 0;
  bool first = true;

  auto fill = [&](typename S::Group& group, unsigned count) {
    int8* left = group.left;
    int8* right = group.right;
    for (unsigned g = 0; g < S::G; ++g) {
      if (g < count) {
        Fetch::slice(inputs, left);
        inputs.fetch_right(right, S::kRightBeats);
      } else {
        for (unsigned i = 0; i < S::kLeftBytes; i += 32) HGCN_PIPELINE {
          aie::store_v(left, aie::zeros<int8, 32>());
          left += 32;
        }
      }
    }
  };
  auto multiply = [&](auto step) {
    if (first) {
      multiply_group<Arch, true>(work.groups[current], work.sums, step);
    } else {
      multiply_group<Arch, false>(work.groups[current], work.sums, step);
    }
    first = false;
    current ^= 1;
  };

  const unsigned opening = slices < S::G ? slices : S::G;
  fill(work.groups[0], opening);
  for (slices -= opening; slices >= S::G; slices -= S::G) {
    int8* left = work.groups[current ^ 1].left;
    int8* right = work.groups[current ^ 1].right;
    multiply([&](unsigned) {
      Fetch::step(inputs, left);
      inputs.fetch_right(right, S::kRightStep);
    });
  }
  if (slices > 0) {
    multiply([](unsigned) {});
    fill(work.groups[current], slices);
  }
  output.open(inputs);
  multiply([&](unsigned m) { output.row_block(m); });
}

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_TILE_LOOP_H_

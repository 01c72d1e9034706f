// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_SHAPE_H_
#define HGCN_AIE_KERNELS_SHAPE_H_

/// Sizes of one tensor PE's work, from an `Arch` of hgcn_arch.h.

#include "plio_header.h"

namespace hgcn {

/// Sizes and buffers. The kernel works on groups of G slices: while one group is multiplied, the
/// next one is fetched, so sums are loaded and stored once per G products, not once per product.
template <class Arch>
struct Shape {
  static constexpr unsigned T = Arch::T, N = Arch::N, M0 = Arch::M0, N0 = Arch::N0, K0 = kDepth;
  static constexpr unsigned kRowBlocks = T / M0;  ///< Blocks of 4 rows
  static constexpr unsigned kColBlocks = N / N0;
  static constexpr unsigned G = 2 * N < T / 2 ? T / (2 * N) : 4;  ///< Slices of a group

  static_assert(M0 == 4 && K0 == 8, "a PLIO int8 A block is 4 by 8");
  static_assert(N0 == 4 || N0 == 8, "mmul 4x8x4 or 4x8x8: the int8 shapes both targets have");
  static_assert(T % kBeatBytes == 0, "a binary A beat is 16 rows of a slice");
  static_assert(N % N0 == 0 && G % 4 == 0, "whole blocks and whole binary beats");

  using Product = aie::mmul<M0, K0, N0, int8, int8>;
  static_assert(Product::size_A == 32, "a block of A is one 256-bit vector");

  static constexpr unsigned kLeftBytes = T * K0;    ///< Of a slice, expanded to int8
  static constexpr unsigned kRightBytes = K0 * N;   ///< Of a slice
  static constexpr unsigned kBinaryBeats = T / kBeatBytes;  ///< A beats of a slice
  static constexpr unsigned kInt8Beats = kLeftBytes / kBeatBytes;
  static constexpr unsigned kRightBeats = kRightBytes / kBeatBytes;
  static constexpr unsigned kSumBeats = T * N * sizeof(int32) / kBeatBytes;  ///< Of a C packet, header apart

  /// Beats fetched after each of the `kRowBlocks` steps of a group.
  static constexpr unsigned kBinaryStep = G * kBinaryBeats / kRowBlocks;
  static constexpr unsigned kInt8Step = G * kInt8Beats / kRowBlocks;
  static constexpr unsigned kRightStep = G * kRightBeats / kRowBlocks;
  static_assert(kBinaryStep * kRowBlocks == G * kBinaryBeats, "A beats share out evenly");
  static_assert(kRightStep * kRowBlocks == G * kRightBeats, "B beats share out evenly");
  // A step fetches at most one slice, A before B, so the PE never waits for slice s + 1 on a port
  // before it has taken slice s from both: the gather, which sends slices in order, cannot stick.
  static_assert(G <= kRowBlocks, "a step fetches at most a slice");

  /// A group of slices. Left: slice, row block, 4 by 8. Right: slice, column block, 8 by N0.
  struct Group {
    alignas(32) int8 left[G * kLeftBytes];
    alignas(32) int8 right[G * kRightBytes];
  };

  /// What a PE keeps: two groups and the sums (row block, column block, 4 by N0: the C packet).
  struct Work {
    Group groups[2];
    alignas(32) int32 sums[T * N];
  };
};

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_SHAPE_H_

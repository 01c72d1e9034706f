// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_BUDGET_H_
#define HGCN_AIE_KERNELS_BUDGET_H_

/// Hand counts: memory of a tile, and cycles of each loop of the tile kernels.
///
/// The figures in the comments are those of vck190: T = 32, N = 16, 4x8x4, G = 4. They assume that
/// the compiler pipelines each loop to its busiest unit; only Vitis can say whether it does.

#include "shape.h"

namespace hgcn {

template <class Arch>
struct MemoryBudget {
  using S = Shape<Arch>;
  static constexpr unsigned kGroupBytes = 2 * sizeof(typename S::Group);          // 2 * 1536
  static constexpr unsigned kSumBytes = sizeof(typename S::Work) - kGroupBytes;  // 2048
  static constexpr unsigned kStackBytes = 2048;  ///< Asked for in the graph
  static constexpr unsigned kHeapBytes = 1024;   ///< Nothing is allocated; the tools' default
  static constexpr unsigned kTotalBytes = kGroupBytes + kSumBytes + kStackBytes + kHeapBytes;
};

/// Cycles of one group of G slices, by unit. A unit does its count side by side with the others.
struct GroupCycles {
  unsigned products;  ///< Vector unit: mmul
  unsigned expands;   ///< Vector unit: bits to int8
  unsigned loads;     ///< Two 256-bit loads a cycle
  unsigned stores;    ///< One store of up to 256 bits a cycle
  unsigned left;      ///< A beats, 4 cycles each
  unsigned right;     ///< B beats, 4 cycles each

  constexpr unsigned vector() const { return products + expands; }
  constexpr unsigned limit() const {
    unsigned most = vector();
    if (loads > most) most = loads;
    if (stores > most) most = stores;
    if (left > most) most = left;
    return right > most ? right : most;
  }
  /// The busiest unit; a stream comes first among equals.
  constexpr const char* limiter() const {
    if (right == limit()) return "PLIO B";
    if (left == limit()) return "PLIO A";
    if (vector() == limit()) return "vector unit";
    return loads == limit() ? "loads" : "stores";
  }
};

template <class Arch>
struct CycleBudget {
  using S = Shape<Arch>;
  using P = typename S::Product;
  using Tgt = Target<Arch>;
  static constexpr unsigned kBeatCycles = 4;  ///< 128 bits over a 32-bit stream
  static constexpr unsigned kBlocks = S::kRowBlocks * S::kColBlocks;                  // 32
  static constexpr unsigned kProductCycles =                                          // 1
      (S::M0 * S::K0 * S::N0 + Tgt::kMacs - 1) / Tgt::kMacs;
  static constexpr unsigned kSumVectors = P::size_C * 4 / 32;                         // 2
  static constexpr unsigned kRightVectors = P::size_B / 32;                           // 1

  /// Cycles of the products of one slice: `Device.steps_per_slice` where a product takes a cycle.
  static constexpr unsigned kSliceProducts = kBlocks * kProductCycles;                // 32

  static constexpr GroupCycles group(bool int8) {
    GroupCycles c{};
    // Per block G products: 32 * 4
    c.products = S::G * kSliceProducts;                                               // 128
    // Binary: per block of A one expansion: 4 * 8 * 2
    c.expands = int8 ? 0 : S::G * S::kRowBlocks * Tgt::kExpandOps;                    // 64, 0
    // Sums once a block, A once a row block and slice, B once a product, two a cycle:
    // (32 * 2 + 8 * 4 + 32 * 4 * 1) / 2
    c.loads = (kBlocks * kSumVectors + S::kRowBlocks * S::G +
               kBlocks * S::G * kRightVectors + 1) / 2;                               // 112
    // Sums once a block; the next group's beats: 64 + 4 * 8 + (binary 4 * 8, int8 4 * 16)
    c.stores = kBlocks * kSumVectors + S::G * S::kRightBeats +
               S::G * (int8 ? S::kInt8Beats : S::kRowBlocks);                         // 128, 160
    c.left = S::G * (int8 ? S::kInt8Beats : S::kBinaryBeats) * Tgt::kLeftBeatCycles;  // 32, 256
    c.right = S::G * S::kRightBeats * kBeatCycles;                                    // 128
    return c;
  }

  /// C packet: header and sums, a beat every 4 cycles, beside the products of the last group. It
  /// does not overlap the next packet's fetch: a free-running kernel may not hold a packet back
  /// until the next one comes.
  static constexpr unsigned kOutput = (1 + S::kSumBeats) * kBeatCycles;               // 516

  /// A packet of `slices`: headers, first group fetched, groups, last group multiplied and sent.
  static constexpr unsigned packet(unsigned slices, bool int8) {
    const GroupCycles c = group(int8);
    const unsigned groups = (slices + S::G - 1) / S::G;
    const unsigned fetch = c.left > c.right ? c.left : c.right;
    const unsigned most = c.vector() > c.loads ? c.vector() : c.loads;
    const unsigned last = most > kOutput ? most : kOutput;
    return kBeatCycles + fetch + (groups - 1) * c.limit() + last;
  }
};

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_BUDGET_H_

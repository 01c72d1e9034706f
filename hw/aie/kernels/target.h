// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_TARGET_H_
#define HGCN_AIE_KERNELS_TARGET_H_

/// All that differs between AI Engine (AIE1, VC1902) and AIE-ML (VE2802), and between compilers.

#include <adf.h>

#include "aie_api/aie.hpp"
#include "aie_api/aie_adf.hpp"

#ifdef __chess__
#define HGCN_PIPELINE chess_prepare_for_pipelining
#define HGCN_UNROLL chess_flatten_loop
#else
#define HGCN_PIPELINE
#define HGCN_UNROLL
#endif

namespace hgcn {

using Beat = aie::vector<int32, 4>;    ///< 128 bits of a PLIO port
using Block = aie::vector<int8, 32>;   ///< 4 rows by 8 of the left operand, row-major

/// AIE1: two stream ports a core, so the left operand comes on a stream as the right one does.
struct Aie1 {
  using LeftPort = input_stream<int32>;
  static constexpr bool kForwards = false;
  static constexpr unsigned kMemoryBytes = 32 * 1024;
  static constexpr unsigned kMacs = 128;         ///< int8 by int8, a cycle
  static constexpr unsigned kLeftBeatCycles = 4; ///< 32 bits a cycle
  static constexpr unsigned kExpandOps = 2;      ///< Vector operations of `expand`

  /// A block of bits: bit 8 * row + k. No 8-bit select here: 16-bit, then packed.
  static Block expand(int32 bits) {
    const auto mask = aie::mask<32>::from_uint32(static_cast<uint32>(bits));
    const auto wide = aie::select(aie::zeros<int16, 32>(), aie::broadcast<int16, 32>(1), mask);
    return wide.template pack<int8>();
  }

  static Beat read_left(LeftPort* port, bool& last) { return readincr_v<4>(port, last); }
};

/// AIE-ML: one stream port each way; a neighbour forwards the left operand over the cascade.
struct AieMl {
  using LeftPort = input_cascade<int32>;
  static constexpr bool kForwards = true;
  static constexpr unsigned kMemoryBytes = 64 * 1024;
  static constexpr unsigned kMacs = 256;
  static constexpr unsigned kLeftBeatCycles = 4; ///< Of the forwarder's stream
  static constexpr unsigned kExpandOps = 1;

  static Block expand(int32 bits) {
    const auto mask = aie::mask<32>::from_uint32(static_cast<uint32>(bits));
    return aie::select(aie::zeros<int8, 32>(), aie::broadcast<int8, 32>(1), mask);
  }

  /// A beat lies in elements 0..3 of a cascade word, its tlast in element 4 (`ForwardLeft`).
  static Beat read_left(LeftPort* port, bool& last) {
    const aie::vector<int32, 16> word = readincr_v<16>(port);
    last = word.get(4) != 0;
    return word.template extract<4>(0);
  }
};

template <bool kAieMl>
struct TargetOf {
  using type = Aie1;
};
template <>
struct TargetOf<true> {
  using type = AieMl;
};

/// The target of an `Arch` of hgcn_arch.h.
template <class Arch>
using Target = typename TargetOf<Arch::AieMl>::type;

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_TARGET_H_

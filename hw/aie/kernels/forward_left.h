// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_FORWARD_LEFT_H_
#define HGCN_AIE_KERNELS_FORWARD_LEFT_H_

#include "target.h"

namespace hgcn {

/// AIE-ML: passes A beats from the stream to the PE east of it, which has no second stream port.
///
/// Layout    Cascade word: elements 0..3 the beat, element 4 its tlast, the rest 0.
/// Aliasing  None.
/// Numerics  None: bits are passed on.
/// Model     The identity; `AieMl::read_left` is the inverse.
class ForwardLeft {
 public:
  void run(input_stream<int32>* a, output_cascade<int32>* next) {
    while (true) {
      bool last = false;
      const Beat beat = readincr_v<4>(a, last);
      aie::vector<int32, 16> word = aie::zeros<int32, 16>();
      word.insert(0, beat);
      word.set(last ? 1 : 0, 4);
      writeincr(next, word);
    }
  }

  static void registerKernelClass() { REGISTER_FUNCTION(ForwardLeft::run); }
};

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_FORWARD_LEFT_H_

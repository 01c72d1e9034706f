// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_TENSOR_PE_H_
#define HGCN_AIE_KERNELS_TENSOR_PE_H_

#include "binary_tile.h"
#include "budget.h"
#include "int8_tile.h"

namespace hgcn {

/// One tensor PE, free-running: a pair of A and B packets in, a C packet out, for ever.
///
/// The headers choose the tile kernel, so nothing has to configure the graph. A pair that is
/// malformed (magic, reserved bits, no slices, headers that disagree, tlast not just on the last
/// beat) is answered by a C packet of full length with `kMagicBad`; the PE then starts afresh after
/// the next tlast of both ports.
///
/// Layout    docs/plio.md.
/// Aliasing  None: the work memory is this PE's own.
/// Numerics  int32 sums, exact.
/// Model     sim/benches/array/plio_model.py, tensor_pe, exactly; hgcn_tensor_pe, packet for
///           packet.
template <class Arch>
class TensorPe {
  using S = Shape<Arch>;
  static_assert(MemoryBudget<Arch>::kTotalBytes <= Target<Arch>::kMemoryBytes,
                "buffers, stack and heap must fit the tile's data memory");

 public:
  void run(typename Target<Arch>::LeftPort* a, input_stream<int32>* b, output_stream<int32>* c) {
    while (true) packet(a, b, c);
  }

  static void registerKernelClass() { REGISTER_FUNCTION(TensorPe::run); }

 private:
  void packet(typename Target<Arch>::LeftPort* a, input_stream<int32>* b,
              output_stream<int32>* c) {
    Inputs<Arch> inputs{a, b, {}, {}};
    const Header left = Header::parse(inputs.read_left());
    const Header right = Header::parse(inputs.read_right());
    Output<Arch> output{c, left, work_.sums};
    const bool good = left.magic == kMagicA && right.magic == kMagicB &&
                      left.clean && right.clean && left.tag == right.tag &&
                      left.slices == right.slices && left.int8 == right.int8 && left.slices != 0 &&
                      !inputs.left_framing.last && !inputs.right_framing.last;
    if (good && left.int8) {
      int8_tile<Arch>(inputs, left.slices, work_, output);
    } else if (good) {
      binary_tile<Arch>(inputs, left.slices, work_, output);
    }
    while (!inputs.left_framing.last) inputs.read_left();
    while (!inputs.right_framing.last) inputs.read_right();
    if (!good) {
      inputs.left_framing = {};  // Whatever came, it was not a packet
      output.open(inputs);
      for (unsigned m = 0; m < S::kRowBlocks; ++m) output.row_block(m);
    }
  }

  typename S::Work work_;
};

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_TENSOR_PE_H_

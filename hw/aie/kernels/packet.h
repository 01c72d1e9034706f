// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_PACKET_H_
#define HGCN_AIE_KERNELS_PACKET_H_

/// The state of a port within its packet.

#include "plio_header.h"

namespace hgcn {

/// Counts tlast of the packet a port is in; a whole packet has one, on its last beat.
struct Framing {
  unsigned ends = 0;
  bool last = false;

  void note(bool tlast) {
    ends += tlast ? 1 : 0;
    last = tlast;
  }
  bool whole() const { return ends == 1 && last; }
};

}  // namespace hgcn

#endif  // HGCN_AIE_KERNELS_PACKET_H_

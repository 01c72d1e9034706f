// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_AIE_KERNELS_PACKET_H_
#define HGCN_AIE_KERNELS_PACKET_H_

/// The header beat of docs/plio.md, and the state of a port within its packet.

#include "target.h"

namespace hgcn {

/// Magic of a C packet that answers a malformed pair; hgcn_merge reports BAD_PACKET.
constexpr unsigned kMagicBad = 0x48AF;

struct Header {
  unsigned tag, slices, magic;
  bool int8, clean;  ///< `clean`: the bits that must be 0 are

  static Header parse(const Beat& beat) {
    const unsigned low = static_cast<unsigned>(beat.get(0));
    const unsigned high = static_cast<unsigned>(beat.get(1));
    return {low & 0xFFFF, low >> 16, high >> 16, (high & 1) != 0,
            (high & 0xFFFE) == 0 && beat.get(2) == 0 && beat.get(3) == 0};
  }

  Beat beat() const {
    Beat made = aie::zeros<int32, 4>();
    made.set(static_cast<int32>(slices << 16 | tag), 0);
    made.set(static_cast<int32>(magic << 16 | (int8 ? 1 : 0)), 1);
    return made;
  }
};

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

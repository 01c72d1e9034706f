// SPDX-License-Identifier: Apache-2.0

/// Prints the hand counts of kernels/budget.h for the device whose hgcn_arch.h is included.

#include <cstdio>

#include "hgcn_arch.h"
#include "kernels/budget.h"

using Cycles = hgcn::CycleBudget<hgcn::Arch>;
using Memory = hgcn::MemoryBudget<hgcn::Arch>;
using Shape = hgcn::Shape<hgcn::Arch>;

static void print(const char* kind, bool int8) {
  const hgcn::GroupCycles c = Cycles::group(int8);
  std::printf("%s.products=%u\n%s.expands=%u\n%s.loads=%u\n%s.stores=%u\n", kind, c.products, kind,
              c.expands, kind, c.loads, kind, c.stores);
  std::printf("%s.left=%u\n%s.right=%u\n%s.limit=%u\n%s.limiter=%s\n", kind, c.left, kind, c.right,
              kind, c.limit(), kind, c.limiter());
  for (const unsigned slices : {1u, 8u, 64u}) {
    std::printf("%s.packet.%u=%u\n", kind, slices, Cycles::packet(slices, int8));
  }
}

int main() {
  std::printf("group_slices=%u\nslice_products=%u\noutput=%u\n", Shape::G, Cycles::kSliceProducts,
              Cycles::kOutput);
  std::printf("memory.groups=%u\nmemory.sums=%u\nmemory.stack=%u\nmemory.heap=%u\n",
              Memory::kGroupBytes, Memory::kSumBytes, Memory::kStackBytes, Memory::kHeapBytes);
  std::printf("memory.total=%u\nmemory.limit=%u\n", Memory::kTotalBytes,
              hgcn::Target<hgcn::Arch>::kMemoryBytes);
  print("binary", false);
  print("int8", true);
}

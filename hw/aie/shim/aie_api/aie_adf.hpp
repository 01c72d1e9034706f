// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_SHIM_AIE_API_AIE_ADF_HPP_
#define HGCN_SHIM_AIE_API_AIE_ADF_HPP_

/// Vector reads and writes of streams and cascades; blocking, as on the array.

#include <adf.h>

#include "aie.hpp"

template <unsigned Elems>
aie::vector<int32, Elems> readincr_v(input_stream<int32>* port, bool& last) {
  static_assert(Elems == 4, "128 bits of a stream at a time");
  const adf::host::Word word = port->fifo->read();
  aie::vector<int32, Elems> made{};
  for (unsigned i = 0; i < Elems; ++i) made.set(word.data[i], i);
  last = word.last;
  return made;
}

template <unsigned Elems>
void writeincr(output_stream<int32>* port, const aie::vector<int32, Elems>& value,
               bool last = false) {
  static_assert(Elems == 4, "128 bits of a stream at a time");
  adf::host::Word word;
  for (unsigned i = 0; i < Elems; ++i) word.data[i] = value.get(i);
  word.last = last;
  port->fifo->write(word);
}

template <unsigned Elems>
aie::vector<int32, Elems> readincr_v(input_cascade<int32>* port) {
  static_assert(Elems == 16, "a cascade word of AIE-ML has 512 bits");
  const adf::host::Word word = port->fifo->read();
  aie::vector<int32, Elems> made{};
  for (unsigned i = 0; i < Elems; ++i) made.set(word.data[i], i);
  return made;
}

template <unsigned Elems>
void writeincr(output_cascade<int32>* port, const aie::vector<int32, Elems>& value) {
  static_assert(Elems == 16, "a cascade word of AIE-ML has 512 bits");
  adf::host::Word word;
  for (unsigned i = 0; i < Elems; ++i) word.data[i] = value.get(i);
  port->fifo->write(word);
}

#endif  // HGCN_SHIM_AIE_API_AIE_ADF_HPP_

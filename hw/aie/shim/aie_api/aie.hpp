// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_SHIM_AIE_API_AIE_HPP_
#define HGCN_SHIM_AIE_API_AIE_HPP_

/// Plain C++ stand-in for the part of aie_api that the kernels use: same names, shapes, alignment
/// rules and numbers. It says nothing of timing.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using int8 = std::int8_t;
using int16 = std::int16_t;
using int32 = std::int32_t;
using uint32 = std::uint32_t;

namespace aie {

namespace shim {

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "aie_api stand-in: %s\n", what);
  std::abort();
}

inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

/// The int8 shapes of aie::mmul that both AIE1 and AIE-ML have.
constexpr bool legal_int8(unsigned m, unsigned k, unsigned n) {
  return (m == 4 && k == 8 && (n == 4 || n == 8)) || (m == 8 && k == 8 && n == 4) ||
         (m == 2 && k == 8 && n == 8) || (m == 4 && k == 16 && (n == 4 || n == 8));
}

/// A value of a `kBits` wide two's complement register.
template <unsigned kBits>
constexpr std::int64_t wrap(std::int64_t value) {
  constexpr unsigned spare = 64 - kBits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << spare) >> spare;
}

}  // namespace shim

template <class T, unsigned Elems>
class vector {
  static_assert(sizeof(T) * Elems * 8 == 128 || sizeof(T) * Elems * 8 == 256 ||
                    sizeof(T) * Elems * 8 == 512 || sizeof(T) * Elems * 8 == 1024,
                "vectors have 128, 256, 512 or 1024 bits");

 public:
  static constexpr unsigned size() { return Elems; }

  T get(unsigned index) const { return data_[at(index)]; }
  T operator[](unsigned index) const { return get(index); }
  void set(T value, unsigned index) { data_[at(index)] = value; }

  template <unsigned Part>
  void insert(unsigned index, const vector<T, Part>& part) {
    for (unsigned i = 0; i < Part; ++i) set(part.get(i), index * Part + i);
  }
  template <unsigned Part>
  vector<T, Part> extract(unsigned index) const {
    vector<T, Part> part{};
    for (unsigned i = 0; i < Part; ++i) part.set(get(index * Part + i), i);
    return part;
  }
  template <class U>
  auto cast_to() const {
    vector<U, Elems * sizeof(T) / sizeof(U)> other{};
    std::memcpy(other.bytes(), data_.data(), sizeof(T) * Elems);
    return other;
  }
  /// Narrows each element without saturation (the default mode).
  template <class U>
  vector<U, Elems> pack() const {
    static_assert(2 * sizeof(U) == sizeof(T), "pack halves the elements");
    vector<U, Elems> other{};
    for (unsigned i = 0; i < Elems; ++i) other.set(static_cast<U>(get(i)), i);
    return other;
  }
  void* bytes() { return data_.data(); }
  const void* bytes() const { return data_.data(); }

 private:
  static unsigned at(unsigned index) {
    shim::require(index < Elems, "element beyond the vector");
    return index;
  }
  std::array<T, Elems> data_{};
};

template <class T, unsigned Elems>
vector<T, Elems> zeros() {
  return {};
}

template <class T, unsigned Elems>
vector<T, Elems> broadcast(T value) {
  vector<T, Elems> made{};
  for (unsigned i = 0; i < Elems; ++i) made.set(value, i);
  return made;
}

template <unsigned Elems>
class mask {
 public:
  static mask from_uint32(uint32 bits) {
    static_assert(Elems <= 32, "one word");
    return mask(bits);
  }
  bool test(unsigned index) const { return (bits_ >> index & 1) != 0; }

 private:
  explicit mask(uint32 bits) : bits_(bits) {}
  uint32 bits_;
};

/// Element i of `zero` where the mask's bit i is 0, of `one` where it is 1.
template <class T, unsigned Elems>
vector<T, Elems> select(const vector<T, Elems>& zero, const vector<T, Elems>& one,
                        const mask<Elems>& which) {
  vector<T, Elems> made{};
  for (unsigned i = 0; i < Elems; ++i) made.set(which.test(i) ? one.get(i) : zero.get(i), i);
  return made;
}

namespace shim {
/// Loads and stores are aligned to the vector, up to 32 bytes.
template <class T, unsigned Elems>
void require_aligned(const T* place) {
  constexpr std::size_t bytes = sizeof(T) * Elems;
  require(reinterpret_cast<std::uintptr_t>(place) % (bytes < 32 ? bytes : 32) == 0,
          "unaligned load_v or store_v");
}
}  // namespace shim

template <unsigned Elems, class T>
vector<T, Elems> load_v(const T* place) {
  shim::require_aligned<T, Elems>(place);
  vector<T, Elems> made{};
  std::memcpy(made.bytes(), place, sizeof(T) * Elems);
  return made;
}

template <class T, unsigned Elems>
void store_v(T* place, const vector<T, Elems>& value) {
  shim::require_aligned<T, Elems>(place);
  std::memcpy(place, value.bytes(), sizeof(T) * Elems);
}

/// Row-major M x K times K x N into accumulators of 48 bits (AIE1; those of AIE-ML have 32: the
/// low 32 bits, all that `to_vector<int32>` takes, are the same).
template <unsigned M, unsigned K, unsigned N, class A, class B>
class mmul {
  static_assert(sizeof(A) == 1 && sizeof(B) == 1 && shim::legal_int8(M, K, N),
                "not an int8 shape of AIE1 and AIE-ML");

 public:
  static constexpr unsigned size_A = M * K, size_B = K * N, size_C = M * N;

  mmul() = default;
  explicit mmul(const vector<int32, size_C>& sums) {
    for (unsigned i = 0; i < size_C; ++i) sums_[i] = sums.get(i);
  }
  void mul(const vector<A, size_A>& a, const vector<B, size_B>& b) {
    sums_.fill(0);
    mac(a, b);
  }
  void mac(const vector<A, size_A>& a, const vector<B, size_B>& b) {
    const A* left = static_cast<const A*>(a.bytes());
    const B* right = static_cast<const B*>(b.bytes());
    for (unsigned i = 0; i < M; ++i) {
      int32 row[N] = {};
      for (unsigned k = 0; k < K; ++k) {
        for (unsigned j = 0; j < N; ++j) row[j] += int32{left[i * K + k]} * right[k * N + j];
      }
      for (unsigned j = 0; j < N; ++j) {
        sums_[i * N + j] = shim::wrap<48>(sums_[i * N + j] + row[j]);
      }
    }
  }
  /// Floor rounding and no saturation, the defaults: bits above the element are dropped.
  template <class T>
  vector<T, size_C> to_vector(int shift = 0) const {
    vector<T, size_C> made{};
    for (unsigned i = 0; i < size_C; ++i) made.set(static_cast<T>(sums_[i] >> shift), i);
    return made;
  }

 private:
  std::array<std::int64_t, size_C> sums_{};
};

}  // namespace aie

#endif  // HGCN_SHIM_AIE_API_AIE_HPP_

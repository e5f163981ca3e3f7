#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#ifdef __AVX2__
#include <immintrin.h>
#endif

// Without AVX, gcc remarks that passing eight lanes differs between processors; these never cross a library's border.
#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace vigie {

/// kCount values side by side in registers (the compiler's vector extension), for sums that a loop over an array would
/// keep in memory.
template <typename T, int kCount>
struct LanesOf {
  typedef T Type __attribute__((vector_size(kCount * sizeof(T))));
};
template <typename T, int kCount>
using Lanes = typename LanesOf<T, kCount>::Type;

/// Four or eight consecutive U8 or U16 values (any alignment) as 32-bit integers.
template <int kCount, typename T>
inline Lanes<std::int32_t, kCount> load_integers(const T* source) {
  static_assert((kCount == 4 || kCount == 8) && std::is_unsigned_v<T> && sizeof(T) <= 2);
#ifdef __AVX2__
  // gcc 12 takes __builtin_convertvector of small vectors apart into single values.
  constexpr std::size_t bytes = kCount * sizeof(T);
  __m128i packed;
  if constexpr (bytes == 4)
    packed = _mm_loadu_si32(source);
  else if constexpr (bytes == 8)
    packed = _mm_loadu_si64(source);
  else
    packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(source));
  if constexpr (kCount == 8)
    return (Lanes<std::int32_t, 8>)(sizeof(T) == 1 ? _mm256_cvtepu8_epi32(packed) : _mm256_cvtepu16_epi32(packed));
  else
    return (Lanes<std::int32_t, 4>)(sizeof(T) == 1 ? _mm_cvtepu8_epi32(packed) : _mm_cvtepu16_epi32(packed));
#else
  Lanes<T, kCount> narrow;
  std::memcpy(&narrow, source, sizeof narrow);
  return __builtin_convertvector(narrow, Lanes<std::int32_t, kCount>);
#endif
}

/// kCount consecutive values from `source` (any alignment), as Sum.
template <typename Sum, int kCount, typename T>
inline Lanes<Sum, kCount> load_lanes(const T* source) {
  if constexpr (std::is_same_v<Sum, T>) {
    Lanes<Sum, kCount> values;
    std::memcpy(&values, source, sizeof values);
    return values;
  } else {
    return __builtin_convertvector(load_integers<kCount>(source), Lanes<Sum, kCount>);
  }
}

template <int kCount, typename T>
inline void store_lanes(const Lanes<T, kCount>& values, T* target) {
  std::memcpy(target, &values, sizeof values);
}

}  // namespace vigie

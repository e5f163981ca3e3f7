#pragma once

#include <immintrin.h>

#include <cstdint>
#include <type_traits>

#include "vigie/imaging/lanes.h"

namespace vigie {

/// Four or eight consecutive U8 or U16 values (any alignment) as 32-bit integers.
template <int kCount, typename T>
inline Lanes<std::int32_t, kCount> load_integers(const T* source) {
  static_assert((kCount == 4 || kCount == 8) && std::is_unsigned_v<T> && sizeof(T) <= 2);
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
}

}  // namespace vigie

#pragma once

#include <cstdint>
#include <type_traits>

#include "vigie/imaging/lanes.h"

namespace vigie {

/// Four or eight consecutive U8 or U16 values (any alignment) as 32-bit integers.
template <int kCount, typename T>
inline Lanes<std::int32_t, kCount> load_integers(const T* source) {
  static_assert((kCount == 4 || kCount == 8) && std::is_unsigned_v<T> && sizeof(T) <= 2);
  return __builtin_convertvector(load_lanes<kCount>(source), Lanes<std::int32_t, kCount>);
}

}  // namespace vigie

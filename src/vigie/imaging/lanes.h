#pragma once

#include <cstring>

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

/// kCount consecutive values from `source` (any alignment).
template <int kCount, typename T>
inline Lanes<T, kCount> load_lanes(const T* source) {
  Lanes<T, kCount> values;
  std::memcpy(&values, source, sizeof values);
  return values;
}

template <int kCount, typename T>
inline void store_lanes(const Lanes<T, kCount>& values, T* target) {
  std::memcpy(target, &values, sizeof values);
}

}  // namespace vigie

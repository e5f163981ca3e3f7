#pragma once

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"

namespace vigie {

/// Uniform noise over the whole range of the type (F32: -1 … 1): every rounding case occurs.
template <typename T>
Tensor noise_image(Shape shape, std::uint64_t seed) {
  Tensor out(std::move(shape), dtype_of<T>());
  Random random(seed);
  for (T& value : out.values<T>()) {
    if constexpr (std::is_floating_point_v<T>)
      value = static_cast<T>(random.uniform(-1, 1));
    else
      value = static_cast<T>(random.next());
  }
  return out;
}

}  // namespace vigie

#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Smallest and largest value of a tensor.
struct ValueRange {
  float low = 0, high = 0;
};

/// F32, not empty. NaN counts as absent; of nothing but NaN: low = +infinity, high = -infinity. Much faster than
/// std::minmax_element, which may not look at several values at once.
ValueRange value_range(const Tensor& values);

}  // namespace vigie

#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "vigie/core/error.h"

namespace vigie {

/// The value below which `share` (0 … 1) of the values lie, linear between the two nearest (numpy's and PyTorch's
/// default). Reorders the values, which must not be NaN; O(n). Throws InvalidArgument for none.
inline double quantile_of(std::span<float> values, double share) {
  VIGIE_CHECK(!values.empty() && share >= 0 && share <= 1, "quantile", "no quantile {} of {} values", share,
              values.size());
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = values.begin() + static_cast<std::ptrdiff_t>(std::floor(position));
  std::ranges::nth_element(values, below);
  if (below + 1 == values.end()) return *below;
  const float above = *std::min_element(below + 1, values.end());
  return *below + (position - std::floor(position)) * (static_cast<double>(above) - *below);
}

}  // namespace vigie

#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace vigie {

/// Middle value; of an even number, the point half-way between the two in the middle. NaN for none. Values must not be
/// NaN. O(n).
inline double median_of(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

}  // namespace vigie

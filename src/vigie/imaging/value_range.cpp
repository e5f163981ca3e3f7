#include "vigie/imaging/value_range.h"

#include <algorithm>
#include <limits>

namespace vigie {

ValueRange value_range(const Tensor& tensor) {
  VIGIE_CHECK(!tensor.empty(), "value_range", "no values in {}", to_string(tensor.shape()));
  constexpr std::size_t kLanes = 32;  // separate extremes, so that no comparison waits for the one before
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float low[kLanes], high[kLanes];
  std::fill_n(low, kLanes, kInfinity);
  std::fill_n(high, kLanes, -kInfinity);
  const auto values = tensor.values<float>();
  const auto take = [&](std::size_t lane, float value) {
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, values[i + lane]);
  for (; i < values.size(); ++i) take(i % kLanes, values[i]);
  return {*std::min_element(low, low + kLanes), *std::max_element(high, high + kLanes)};
}

}  // namespace vigie

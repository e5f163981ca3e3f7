#include "vigie/decision/heat_range.h"

#include <algorithm>
#include <cmath>

namespace vigie {

namespace {

constexpr double kLeastReach = 1e-6;   ///< also of a threshold of zero
constexpr double kLeastShare = 0.05;   ///< of the threshold's size: less would colour what is only noise
constexpr double kDefaultShare = 0.5;  ///< where the usual value does not say how far to reach

double finite_float(double value) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return std::clamp(value, -kMost, kMost);
}

HeatRange range_from(double low, double high) {
  HeatRange range{static_cast<float>(finite_float(low)), static_cast<float>(finite_float(high))};
  if (range.low < range.high) return range;
  const float step = std::max(std::abs(range.low) * 1e-3F, static_cast<float>(kLeastReach));
  if (range.low > 0) return {range.low - step, range.low};
  return {range.low, range.low + step};
}

}  // namespace

HeatRange heat_range(double usual, double threshold, double hottest) {
  const auto known = [](double value, double instead) { return std::isfinite(value) ? value : instead; };
  if (!std::isfinite(threshold)) {
    const double low = known(usual, 0);
    return range_from(low, known(hottest, low + 1));
  }
  const double size = std::abs(threshold), distance = threshold - known(usual, threshold);
  const double reach = std::max({distance > 0 ? distance : kDefaultShare * size, kLeastShare * size, kLeastReach});
  const double high = threshold + reach;
  return range_from(threshold - reach, std::max(high, known(hottest, high)));
}

}  // namespace vigie

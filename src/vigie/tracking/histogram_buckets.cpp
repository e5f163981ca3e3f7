#include "vigie/tracking/histogram_buckets.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace vigie {
namespace {

std::vector<double> make_limits() {
  constexpr double kSmallest = 1e-12, kLargest = 1e20, kGrowth = 1.1;
  constexpr double kBeyond = std::numeric_limits<double>::max();
  std::vector<double> positive;
  for (double limit = kSmallest; limit < kLargest; limit *= kGrowth) positive.push_back(limit);
  positive.push_back(kBeyond);
  std::vector<double> limits;
  for (auto limit = positive.rbegin(); limit != positive.rend(); ++limit) limits.push_back(-*limit);
  limits.push_back(0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  return limits;
}

void add(HistogramBuckets& result, double value) {
  result.min = result.count == 0 ? value : std::min(result.min, value);
  result.max = result.count == 0 ? value : std::max(result.max, value);
  result.count += 1;
  result.sum += value;
  result.sum_of_squares += value * value;
}

}  // namespace

HistogramBuckets histogram_buckets(std::span<const float> values) {
  static const std::vector<double> limits = make_limits();
  HistogramBuckets result;
  std::vector<double> counts(limits.size(), 0.0);
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    add(result, value);
    const auto limit = std::upper_bound(limits.begin(), limits.end(), static_cast<double>(value));
    counts[static_cast<std::size_t>(limit - limits.begin())] += 1;
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const bool edge = i + 1 < counts.size() && counts[i + 1] > 0;  // the left edge of a bucket that holds something
    if (counts[i] == 0 && !edge) continue;
    result.limits.push_back(limits[i]);
    result.counts.push_back(counts[i]);
  }
  return result;
}

}  // namespace vigie

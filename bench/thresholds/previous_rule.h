#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace vigie::bench {

/// The threshold rule of vigie before cross-fitting, to compare with: where n scores cannot verify `rate`, an
/// exponential tail through the highest of them is extrapolated to it.
inline double previous_rule(std::vector<double> scores, double rate) {
  std::sort(scores.begin(), scores.end(), std::greater<>());
  const std::size_t n = scores.size();
  if (static_cast<double>(n + 1) * rate >= 1) {
    const auto allowed = static_cast<std::size_t>(rate * static_cast<double>(n) + 1e-9);
    return allowed == 0 ? scores[0] : (scores[allowed] + scores[allowed - 1]) / 2;
  }
  const double above_highest = scores[0] + 0.01 * std::abs(scores[0]);
  if (n < 2) return above_highest;
  const std::size_t k = std::min(std::max<std::size_t>(3, n / 5), n - 1);
  double excess = 0;
  for (std::size_t i = 0; i < k; ++i) excess += (scores[i] - scores[k]) / static_cast<double>(k);
  if (excess <= 0) return above_highest;
  const double freedom = std::max(static_cast<double>(k), 5.0);
  const double p = static_cast<double>(k + 1) / static_cast<double>(n + 1);
  return std::max(scores[k] + freedom * excess * (std::pow(p / rate, 1 / freedom) - 1), scores[0]);
}

}  // namespace vigie::bench

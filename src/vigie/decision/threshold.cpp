#include "vigie/decision/threshold.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace vigie {

namespace {

constexpr double kRounding = 1e-9;  // 0.1 · 30 must count as 3
constexpr double kTailShare = 0.2;  // of the scores, taken as the tail
constexpr std::size_t kFewestExcesses = 3;
constexpr double kLeastFreedom = 5;
constexpr double kMarginShare = 0.1;  // of the way from the median to the highest score; docs/thresholds.md
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Smallest float above `score`, or the smallest double when float does not reach that far.
double just_above(double score) {
  float above = static_cast<float>(score);
  if (above <= score) above = std::nextafter(above, std::numeric_limits<float>::infinity());
  return std::isfinite(above) ? above : std::nextafter(score, kInfinity);
}

}  // namespace

std::vector<double> highest_first(std::span<const double> scores) {
  std::vector<double> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return sorted;
}

double threshold_between(double low, double high) {
  const double middle = low + (high - low) / 2;
  const float rounded = static_cast<float>(middle);
  if (rounded > low && rounded <= high) return rounded;
  return std::min(just_above(low), high);
}

namespace {

/// The scores from index `allowed` on (descending order) must stay below the threshold.
double threshold_above(const std::vector<double>& descending, std::size_t allowed) {
  const double highest_kept = descending[allowed];
  for (std::size_t i = allowed; i-- > 0;)  // past ties, which cannot be parted
    if (descending[i] > highest_kept) return threshold_between(highest_kept, descending[i]);
  return just_above(highest_kept);
}

/// How far above the highest score an exponential tail expects a new part with probability `rate`. The k highest scores
/// exceed the next one, u, by m on average. A new part exceeds u with probability p = (k+1)/(n+1), and
/// u + k·m·((p/rate)^(1/k) − 1) with probability `rate`: this counts the uncertainty of m (E exp(−cG/k) = (1 + c/k)^−k
/// for G ~ Gamma(k)), where log(p/rate) would come out too low.
double tail_margin(const std::vector<double>& descending, double rate) {
  const std::size_t n = descending.size();
  const auto share = static_cast<std::size_t>(kTailShare * static_cast<double>(n));
  const std::size_t k = std::min(std::max(kFewestExcesses, share), n - 1);
  if (k == 0) return 0;
  const double u = descending[k];
  double mean_excess = 0;
  for (std::size_t i = 0; i < k; ++i) mean_excess += (descending[i] - u) / static_cast<double>(k);
  const double freedom = std::max(static_cast<double>(k), kLeastFreedom);
  const double p = static_cast<double>(k + 1) / static_cast<double>(n + 1);
  return u + freedom * mean_excess * (std::pow(p / rate, 1 / freedom) - 1) - descending.front();
}

/// Above the highest score, by no more than what was seen allows.
double unverified_threshold(const std::vector<double>& descending, double rate) {
  const double highest = descending.front(), median = descending[descending.size() / 2];
  const double margin = std::min(tail_margin(descending, rate), kMarginShare * (highest - median));
  return std::max(static_cast<double>(static_cast<float>(highest + margin)), just_above(highest));
}

}  // namespace

double smallest_verifiable_rate(std::int64_t normals) {
  return 1.0 / static_cast<double>(normals + 1);
}

std::int64_t normals_needed(double rate) {
  return static_cast<std::int64_t>(std::ceil(1 / rate - 1 - kRounding));
}

double threshold_for_rate(std::span<const double> scores, double max_fpr) {
  const std::vector<double> descending = highest_first(scores);
  const auto n = static_cast<std::int64_t>(descending.size());
  if (n < normals_needed(max_fpr)) return unverified_threshold(descending, max_fpr);
  return threshold_above(descending, static_cast<std::size_t>(max_fpr * static_cast<double>(n) + kRounding));
}

double threshold_rejecting(std::span<const double> scores, std::int64_t rejected) {
  const std::vector<double> descending = highest_first(scores);
  const auto allowed = static_cast<std::size_t>(std::max<std::int64_t>(rejected, 0));
  return allowed < descending.size() ? threshold_above(descending, allowed) : descending.back();
}

}  // namespace vigie

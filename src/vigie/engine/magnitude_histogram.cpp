#include "vigie/engine/magnitude_histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vigie::engine {

bool MagnitudeHistogram::add(std::span<const float> values) {
  float largest = 0;
  bool finite = true;
  for (const float x : values) {
    largest = std::max(largest, std::abs(x));
    finite = finite && std::isfinite(x);
  }
  if (!finite) return false;
  if (largest == 0) return true;
  largest_ = std::max<double>(largest_, largest);
  widen_to(largest);
  const double per_width = 1 / width_;
  for (const float x : values)
    if (x != 0) ++counts_[std::min(static_cast<std::size_t>(std::abs(x) * per_width), kBins - 1)];
  return true;
}

void MagnitudeHistogram::widen_to(float magnitude) {
  if (width_ == 0) width_ = std::max(static_cast<double>(magnitude) / kBins, 1e-40);
  while (magnitude > width_ * kBins) {
    for (std::size_t i = 0; i < kBins / 2; ++i) counts_[i] = counts_[2 * i] + counts_[2 * i + 1];
    std::fill(counts_.begin() + kBins / 2, counts_.end(), 0);
    width_ *= 2;
  }
}

double MagnitudeHistogram::percentile(double percent) const {
  const auto total = static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}));
  double below = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    below += static_cast<double>(counts_[i]);
    if (below >= total * percent / 100) return std::min(static_cast<double>(i + 1) * width_, largest_);
  }
  return largest_;
}

double MagnitudeHistogram::squared_error(double bound, int levels) const {
  const double step = bound / levels;
  double error = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    if (counts_[i] == 0) continue;
    const double x = (static_cast<double>(i) + 0.5) * width_;
    const double away = x > bound ? x - bound : x - std::round(x / step) * step;
    error += static_cast<double>(counts_[i]) * away * away;
  }
  return error;
}

double MagnitudeHistogram::least_error_bound(int levels) const {
  constexpr int kCandidates = 100;
  double best = largest_;
  double least = squared_error(largest_, levels);
  for (int i = kCandidates - 1; i >= kCandidates / 5; --i) {
    const double bound = largest_ * i / kCandidates;
    const double error = squared_error(bound, levels);
    if (error >= least) continue;
    least = error;
    best = bound;
  }
  return best;
}

}  // namespace vigie::engine

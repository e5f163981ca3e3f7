#include "vigie/metrics/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "vigie/core/error.h"

namespace vigie {

namespace {

std::vector<double> mean_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end - 1) / 2;
  }
  return ranks;
}

}  // namespace

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  VIGIE_CHECK(a.size() == b.size(), "rank_correlation", "{} and {} scores cannot be paired", a.size(), b.size());
  const auto finite = [](double x) { return std::isfinite(x); };
  VIGIE_CHECK(std::ranges::all_of(a, finite) && std::ranges::all_of(b, finite), "rank_correlation",
              "a score is not finite");
  const std::vector<double> x = mean_ranks(a), y = mean_ranks(b);
  const double mean = static_cast<double>(a.size() - 1) / 2;  // of any list of ranks
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
    xy += (x[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace vigie

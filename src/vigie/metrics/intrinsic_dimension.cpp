#include "vigie/metrics/intrinsic_dimension.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "vigie/metrics/neighbourhoods.h"

namespace vigie {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr double kKept = 0.9;  // of the ratios, smallest first

std::int64_t count_of_rows(const Tensor& vectors) {
  return vectors.empty() ? 0 : vectors.dim(0);
}

/// r2 / r1 of every vector without an equal twin, ascending.
std::vector<double> distance_ratios(const Tensor& vectors) {
  const NearestOthers nearest = nearest_others(vectors, 2);
  std::vector<double> ratios;
  for (std::int64_t i = 0; i < vectors.dim(0); ++i) {
    const float* distances = nearest.distances.data<float>() + 2 * i;
    if (distances[0] > 0) ratios.push_back(static_cast<double>(distances[1]) / distances[0]);
  }
  std::ranges::sort(ratios);
  return ratios;
}

}  // namespace

double two_nn_dimension(const Tensor& vectors) {
  if (count_of_rows(vectors) < 3) return kUndefined;
  const std::vector<double> ratios = distance_ratios(vectors);
  if (ratios.size() < 3) return kUndefined;
  const auto count = static_cast<double>(ratios.size());
  double xy = 0, xx = 0;
  for (std::size_t i = 0; static_cast<double>(i + 1) <= kKept * count; ++i) {
    const double x = std::log(ratios[i]), y = -std::log(1 - static_cast<double>(i + 1) / count);
    xy += x * y;
    xx += x * x;
  }
  return xx > 0 ? xy / xx : kUndefined;
}

double levina_bickel_dimension(const Tensor& vectors, std::int64_t k) {
  VIGIE_CHECK(k >= 3, "levina_bickel_dimension", "3 neighbours or more are needed, got {}", k);
  if (count_of_rows(vectors) <= k) return kUndefined;
  const NearestOthers nearest = nearest_others(vectors, k);
  double sum = 0;
  std::int64_t counted = 0;
  for (std::int64_t i = 0; i < vectors.dim(0); ++i) {
    const float* distances = nearest.distances.data<float>() + i * k;
    if (!(distances[0] > 0) || distances[0] == distances[k - 1]) continue;
    double logs = 0;
    for (std::int64_t j = 0; j < k - 1; ++j) logs += std::log(static_cast<double>(distances[k - 1]) / distances[j]);
    sum += static_cast<double>(k - 2) / logs;
    ++counted;
  }
  return counted > 0 ? sum / static_cast<double>(counted) : kUndefined;
}

}  // namespace vigie

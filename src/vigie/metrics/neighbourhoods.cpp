#include "vigie/metrics/neighbourhoods.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "vigie/core/threads.h"
#include "vigie/search/nearest.h"

namespace vigie {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return kUndefined;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

NearestOthers nearest_others(const Tensor& vectors, std::int64_t k) {
  VIGIE_CHECK(vectors.rank() == 2 && k >= 1 && k < vectors.dim(0), "nearest_others", "{} other vectors of {} asked for",
              k, to_string(vectors.shape()));
  const std::int64_t count = vectors.dim(0);
  const NearestNeighbours index(vectors, {.project = false});
  const Neighbours found = index.search(vectors, k + 1);
  NearestOthers out{Tensor({count, k}), Tensor({count, k}, DType::I64)};
  for (std::int64_t i = 0; i < count; ++i) {
    const float* distances = found.distances.data<float>() + i * (k + 1);
    const std::int64_t* indices = found.indices.data<std::int64_t>() + i * (k + 1);
    // The vector itself is left out; it is missing already when more than K equal ones come before it.
    for (std::int64_t from = 0, to = 0; to < k; ++from) {
      if (indices[from] == i) continue;
      out.distances.data<float>()[i * k + to] = distances[from];
      out.indices.data<std::int64_t>()[i * k + to++] = indices[from];
    }
  }
  return out;
}

NeighbourOverlap neighbour_overlap(const Tensor& vectors, const std::vector<bool>& defective, std::int64_t k) {
  const std::int64_t count = vectors.empty() ? 0 : vectors.dim(0);
  VIGIE_CHECK(static_cast<std::int64_t>(defective.size()) == count, "neighbour_overlap", "{} labels for {} vectors",
              defective.size(), count);
  if (count < 2) return {0, kUndefined, kUndefined, kUndefined, kUndefined};
  NeighbourOverlap out;
  out.neighbours = std::min(k, count - 1);
  const NearestOthers nearest = nearest_others(vectors, out.neighbours);
  std::vector<double> of_defects, of_good;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t* row = nearest.indices.data<std::int64_t>() + i * out.neighbours;
    const auto good = std::count_if(row, row + out.neighbours, [&](std::int64_t j) { return !defective[j]; });
    (defective[i] ? of_defects : of_good).push_back(static_cast<double>(good) / static_cast<double>(out.neighbours));
  }
  const auto good = static_cast<double>(of_good.size()), others = static_cast<double>(count - 1);
  out.defects = mean_of(of_defects);
  out.good = mean_of(of_good);
  out.defects_chance = of_defects.empty() ? kUndefined : good / others;
  out.good_chance = of_good.empty() ? kUndefined : (good - 1) / others;
  return out;
}

double mean_pair_distance(const Tensor& vectors) {
  const std::int64_t count = vectors.empty() ? 0 : vectors.dim(0);
  if (count < 2) return kUndefined;
  const std::int64_t dims = vectors.dim(1);
  std::vector<double> sums(static_cast<std::size_t>(count), 0.0);
  parallel_for(count, [&](std::int64_t i) {
    const float* a = vectors.data<float>() + i * dims;
    for (std::int64_t j = 0; j < i; ++j) {
      const float* b = vectors.data<float>() + j * dims;
      double squares = 0;
      for (std::int64_t d = 0; d < dims; ++d) squares += static_cast<double>(a[d] - b[d]) * (a[d] - b[d]);
      sums[i] += std::sqrt(squares);
    }
  });
  const auto pairs = static_cast<double>(count) * static_cast<double>(count - 1) / 2;
  return std::accumulate(sums.begin(), sums.end(), 0.0) / pairs;
}

}  // namespace vigie

#include "vigie/search/coreset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/search/batched_greedy.h"

namespace vigie {
namespace {

Tensor gaussian_rows(std::int64_t n, std::int64_t dims, std::uint64_t seed) {
  Random random(seed);
  Tensor out({n, dims});
  for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
  return out;
}

std::vector<CoarseFormat> formats_here() {
  if (fastest_coarse_format(1) == CoarseFormat::F32) return {CoarseFormat::F32};
  return {CoarseFormat::F32, CoarseFormat::Int8};
}

/// Rows around a few centres, some of them repeated exactly.
Tensor clustered_rows(std::int64_t n, std::int64_t dims, std::uint64_t seed) {
  const Tensor centres = gaussian_rows(20, dims, seed + 1);
  Tensor out = gaussian_rows(n, dims, seed);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t d = 0; d < dims; ++d) {
      float& x = out.data<float>()[i * dims + d];
      x = 0.05F * (i % 11 == 0 ? 0 : x) + 4 * centres.data<float>()[i % 20 * dims + d];
    }
  return out;
}

/// Both coarse formats, whichever this processor would choose, against the plain algorithm.
void expect_naive_picks(const Tensor& rows, std::int64_t count, std::int64_t start) {
  const auto expected = greedy_k_centre_naive(rows, count, start);
  for (const CoarseFormat format : formats_here()) {
    BatchedGreedy greedy(rows, count, start, format);
    while (!greedy.complete()) greedy.round({});
    EXPECT_EQ(greedy.picks(), expected) << (format == CoarseFormat::Int8 ? "int8" : "f32");
  }
}

TEST(Coreset, PicksTheFarthestPointsOfALine) {
  const Tensor rows = Tensor::from({5, 1}, std::vector<float>{0, 1, 10, 4, 6});
  EXPECT_EQ(greedy_k_centre(rows, 5, 0, {}), (std::vector<std::int64_t>{0, 2, 3, 4, 1}));
}

TEST(Coreset, TiesGoToTheLowerIndexAndRowsAreDistinct) {
  const Tensor rows = Tensor::from({5, 1}, std::vector<float>{0, 2, -2, 2, 0});
  EXPECT_EQ(greedy_k_centre(rows, 5, 0, {}), (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(Coreset, EqualsTheNaiveSelectionIndexByIndex) {
  expect_naive_picks(gaussian_rows(3000, 128, 1), 700, 7);
  expect_naive_picks(clustered_rows(1500, 40, 2), 1500, 3);
  expect_naive_picks(clustered_rows(12'000, 16, 4), 600, 11'999);
}

TEST(Coreset, EqualsTheNaiveSelectionInAnyDimension) {
  for (const std::int64_t dims : {1, 2, 3, 31, 33, 384, 2048, 2051})
    expect_naive_picks(clustered_rows(300, dims, 6), 90, 1);
  expect_naive_picks(gaussian_rows(1, 5, 1), 1, 0);
}

TEST(Coreset, EqualsTheNaiveSelectionOnAGridFullOfTies) {
  Tensor rows({2500, 2});
  for (std::int64_t i = 0; i < 2500; ++i) {
    rows.data<float>()[2 * i] = static_cast<float>(i * 7 % 2500 % 50);
    rows.data<float>()[2 * i + 1] = static_cast<float>(i * 7 % 2500 / 50);
  }
  expect_naive_picks(rows, 2500, 450);
}

TEST(Coreset, EqualsTheNaiveSelectionWhenManyMoreTieThanARoundTakes) {
  Tensor rows = Tensor::zeros({10'000, 16});  // corners of a 12-dimensional cube, most of them twice or more
  Random random(3);
  for (std::int64_t i = 0; i < 10'000; ++i)
    for (std::int64_t d = 0; d < 12; ++d) rows.data<float>()[i * 16 + d] = random.below(2) == 0 ? 0.0F : 1.0F;
  expect_naive_picks(rows, 3000, 4);
}

TEST(Coreset, EqualsTheNaiveSelectionWhenRowsRepeat) {
  const Tensor few = gaussian_rows(100, 24, 8);
  Tensor rows({2000, 24});
  for (std::int64_t i = 0; i < 2000; ++i)
    std::copy_n(few.data<float>() + i * i % 100 * 24, 24, rows.data<float>() + i * 24);
  expect_naive_picks(rows, 500, 5);
  expect_naive_picks(Tensor::zeros({700, 3}), 700, 20);
}

TEST(Coreset, EqualsTheNaiveSelectionWhereDistancesDifferByRounding) {
  Tensor rows = gaussian_rows(2000, 20, 9);  // on a sphere: from its centre all are as far, up to rounding
  std::fill_n(rows.data<float>(), 20, 0.0F);
  for (std::int64_t i = 1; i < 2000; ++i) {
    float* row = rows.data<float>() + i * 20;
    const double length = std::sqrt(std::inner_product(row, row + 20, row, 0.0));
    for (std::int64_t d = 0; d < 20; ++d) row[d] = static_cast<float>(row[d] / length);
  }
  expect_naive_picks(rows, 400, 0);
  Tensor pairs = rows.clone();  // every second row a few units in the last place beside the one before
  for (std::int64_t i = 1; i < 2000; i += 2)
    for (std::int64_t d = 0; d < 20; ++d)
      pairs.data<float>()[i * 20 + d] = std::nextafter(rows.data<float>()[(i - 1) * 20 + d], 9.0F);
  expect_naive_picks(pairs, 1500, 0);
}

TEST(Coreset, EqualsTheNaiveSelectionAtAnyScaleAndWithFarRows) {
  for (const float scale : {1e-21F, 1e-18F, 1e-6F, 1e6F, 1e17F}) {
    Tensor rows = clustered_rows(600, 24, 12);
    for (float& x : rows.values<float>()) x *= scale;
    expect_naive_picks(rows, 200, 0);
  }
  Tensor rows = clustered_rows(600, 24, 13);
  for (float& x : rows.values<float>()) x += 1e4F;
  rows.data<float>()[24 * 50] = -1e9F;
  rows.data<float>()[24 * 51] = 1e15F;
  expect_naive_picks(rows, 200, 0);
}

TEST(Coreset, MeasuresFewPairs) {
  const Tensor rows = gaussian_rows(20'000, 16, 14);
  for (const CoarseFormat format : formats_here()) {
    BatchedGreedy greedy(rows, 1000, 0, format);
    while (!greedy.complete()) greedy.round({});
    EXPECT_LT(greedy.cost().products, 20'000 * 1000);
    EXPECT_LT(greedy.cost().distances, 20'000 * 1000 / 50);
  }
}

TEST(Coreset, TheResultDoesNotDependOnTheThreadBudget) {
  const Tensor rows = gaussian_rows(9000, 32, 5);
  const int before = thread_budget();
  set_thread_budget(1);
  const auto one = greedy_k_centre(rows, 300, 0, {});
  set_thread_budget(8);
  const auto many = greedy_k_centre(rows, 300, 0, {});
  set_thread_budget(before);
  EXPECT_EQ(one, many);
}

TEST(Coreset, StopsOnRequestAndReportsProgress) {
  std::stop_source source;
  std::int64_t last = -1;
  const RunContext context(source.get_token(), [&](const ProgressEvent& event) { last = event.done; });
  const Tensor rows = gaussian_rows(200, 8, 1);
  (void)greedy_k_centre(rows, 50, 0, context);
  EXPECT_EQ(last, 50);
  source.request_stop();
  EXPECT_THROW((void)greedy_k_centre(rows, 50, 0, context), Error);
}

TEST(Coreset, NoticesAStopWithinASelection) {
  std::stop_source source;
  const RunContext context(source.get_token(), [&](const ProgressEvent& event) {
    EXPECT_LT(event.done, 3000);
    if (event.done > 0) source.request_stop();
  });
  EXPECT_THROW((void)greedy_k_centre(gaussian_rows(4000, 16, 1), 3000, 0, context), Error);
}

TEST(Coreset, RefusesImpossibleRequests) {
  const Tensor rows = gaussian_rows(10, 3, 1);
  EXPECT_THROW((void)greedy_k_centre(rows, 0, 0, {}), Error);
  EXPECT_THROW((void)greedy_k_centre(rows, 11, 0, {}), Error);
  EXPECT_THROW((void)greedy_k_centre(rows, 1, 10, {}), Error);
  Tensor broken = rows.clone();
  broken.data<float>()[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)greedy_k_centre(broken, 2, 0, {}), Error);
}

TEST(RandomProjection, KeepsDistancesOnAverageAndDependsOnTheSeedOnly) {
  const Tensor rows = gaussian_rows(200, 500, 3);
  const Tensor small = random_projection(rows, 128, 11);
  ASSERT_EQ(small.shape(), (Shape{200, 128}));
  const auto squared = [](const Tensor& t, std::int64_t i) {
    double sum = 0;
    for (std::int64_t d = 0; d < t.dim(1); ++d)
      sum += std::pow(t.data<float>()[i * t.dim(1) + d] - t.data<float>()[(i + 1) * t.dim(1) + d], 2);
    return sum;
  };
  double ratio = 0;
  for (std::int64_t i = 0; i + 1 < 200; ++i) ratio += squared(small, i) / squared(rows, i) / 199;
  EXPECT_NEAR(ratio, 1, 0.05);
  const Tensor again = random_projection(rows, 128, 11), other = random_projection(rows, 128, 12);
  EXPECT_EQ(small.data<float>()[77], again.data<float>()[77]);
  EXPECT_NE(small.data<float>()[77], other.data<float>()[77]);
}

}  // namespace
}  // namespace vigie

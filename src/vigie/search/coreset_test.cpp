#include "vigie/search/coreset.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

Tensor gaussian_rows(std::int64_t n, std::int64_t dims, std::uint64_t seed) {
  Random random(seed);
  Tensor out({n, dims});
  for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
  return out;
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

TEST(Coreset, PicksTheFarthestPointsOfALine) {
  const Tensor rows = Tensor::from({5, 1}, std::vector<float>{0, 1, 10, 4, 6});
  EXPECT_EQ(greedy_k_centre(rows, 5, 0, {}), (std::vector<std::int64_t>{0, 2, 3, 4, 1}));
}

TEST(Coreset, TiesGoToTheLowerIndexAndRowsAreDistinct) {
  const Tensor rows = Tensor::from({5, 1}, std::vector<float>{0, 2, -2, 2, 0});
  EXPECT_EQ(greedy_k_centre(rows, 5, 0, {}), (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(Coreset, EqualsTheNaiveSelectionIndexByIndex) {
  const Tensor random = gaussian_rows(1500, 128, 1), clustered = clustered_rows(1500, 40, 2);
  EXPECT_EQ(greedy_k_centre(random, 400, 7, {}), greedy_k_centre_naive(random, 400, 7));
  EXPECT_EQ(greedy_k_centre(clustered, 1500, 3, {}), greedy_k_centre_naive(clustered, 1500, 3));
}

TEST(Coreset, EqualsTheNaiveSelectionOnAGridFullOfTies) {
  Tensor rows({900, 2});
  for (std::int64_t i = 0; i < 900; ++i) {
    rows.data<float>()[2 * i] = static_cast<float>(i % 30);
    rows.data<float>()[2 * i + 1] = static_cast<float>(i / 30);
  }
  EXPECT_EQ(greedy_k_centre(rows, 900, 450, {}), greedy_k_centre_naive(rows, 900, 450));
}

TEST(Coreset, TheResultDoesNotDependOnTheThreadBudget) {
  const Tensor rows = gaussian_rows(3000, 32, 5);
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

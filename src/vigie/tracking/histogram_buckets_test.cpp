#include "vigie/tracking/histogram_buckets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "vigie/core/random.h"

namespace vigie {
namespace {

TEST(HistogramBuckets, EveryValueLiesInTheBucketThatCountsIt) {
  Random random(7);
  std::vector<float> values{0.0F, 1e-30F, -1e-30F, 1e30F, -1e30F, std::numeric_limits<float>::max()};
  for (int i = 0; i < 500; ++i) values.push_back(static_cast<float>(random.normal() * std::pow(10, i % 9 - 4)));
  const HistogramBuckets result = histogram_buckets(values);
  ASSERT_EQ(result.limits.size(), result.counts.size());
  EXPECT_TRUE(std::is_sorted(result.limits.begin(), result.limits.end()));
  EXPECT_EQ(result.counts.front(), 0);
  for (std::size_t i = 1; i < result.limits.size(); ++i) {
    const auto inside = [&](float value) { return value >= result.limits[i - 1] && value < result.limits[i]; };
    EXPECT_EQ(result.counts[i], static_cast<double>(std::count_if(values.begin(), values.end(), inside))) << i;
  }
  EXPECT_EQ(std::accumulate(result.counts.begin(), result.counts.end(), 0.0), static_cast<double>(values.size()));
}

TEST(HistogramBuckets, StatisticsAreThoseOfTheValues) {
  const std::vector<float> values{-2, 1, 4};
  const HistogramBuckets result = histogram_buckets(values);
  EXPECT_EQ(result.min, -2);
  EXPECT_EQ(result.max, 4);
  EXPECT_EQ(result.count, 3);
  EXPECT_EQ(result.sum, 3);
  EXPECT_EQ(result.sum_of_squares, 21);
}

TEST(HistogramBuckets, AreFineEnoughForTheShape) {
  const std::vector<float> values{1.0F, 1.3F};
  EXPECT_EQ(histogram_buckets(values).counts, (std::vector<double>{0, 1, 0, 1}));
}

TEST(HistogramBuckets, LeavesOutWhatIsNotFinite) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values{NAN, kInfinity, -kInfinity, 3};
  EXPECT_EQ(histogram_buckets(values).count, 1);
  EXPECT_TRUE(histogram_buckets(std::vector<float>{NAN}).limits.empty());
}

}  // namespace
}  // namespace vigie

#include "vigie/decision/threshold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "vigie/core/random.h"

namespace vigie {
namespace {

/// A kind of score: how to draw one, and the exact share of its scores at or above t.
struct Distribution {
  std::string name;
  std::function<double(Random&)> draw;
  std::function<double(double)> share_above;
};

Distribution exponential() {
  return {"exponential", [](Random& random) { return -std::log1p(-random.uniform()); },
          [](double t) { return std::exp(-std::max(t, 0.0)); }};
}

Distribution gamma_of_three() {
  return {"gamma(3)",
          [](Random& random) {
            double sum = 0;
            for (int i = 0; i < 3; ++i) sum -= std::log1p(-random.uniform());
            return sum;
          },
          [](double t) { return std::exp(-t) * (1 + t + t * t / 2); }};
}

/// The law of maxima, and so of an image's highest map value.
Distribution gumbel() {
  return {"gumbel", [](Random& random) { return -std::log(-std::log1p(-random.uniform())); },
          [](double t) { return -std::expm1(-std::exp(-t)); }};
}

Distribution normal() {
  return {"normal", [](Random& random) { return 5 + 0.1 * random.normal(); },
          [](double t) { return std::erfc((t - 5) / 0.1 / std::sqrt(2.0)) / 2; }};
}

/// The rate at which new good parts would be rejected, on average over many calibrations with n normals.
double achieved_rate(const Distribution& distribution, int n, double wanted) {
  constexpr int kRepetitions = 4000;
  Random random(derive_seed(static_cast<std::uint64_t>(n), distribution.name));
  double sum = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    std::vector<double> scores(static_cast<std::size_t>(n));
    for (double& score : scores) score = distribution.draw(random);
    sum += distribution.share_above(threshold_for_rate(scores, wanted));
  }
  return sum / kRepetitions;
}

TEST(ThresholdForRate, AchievesAVerifiableRateWhateverTheDistribution) {
  for (const Distribution& distribution : {exponential(), gamma_of_three(), normal()}) {
    // Between k and k + 1 of n + 1: the exact bounds of order statistics, k = floor(wanted · n).
    EXPECT_NEAR(achieved_rate(distribution, 400, 0.05), 20.5 / 401, 0.002) << distribution.name;
    EXPECT_NEAR(achieved_rate(distribution, 30, 0.1), 3.5 / 31, 0.008) << distribution.name;
    EXPECT_NEAR(achieved_rate(distribution, 99, 0.01), 0.01, 0.001) << distribution.name;
  }
}

TEST(ThresholdForRate, RejectsNoMoreThanTheVerifiableRateWhenPartsAreFew) {
  for (const Distribution& distribution : {exponential(), gamma_of_three(), gumbel(), normal()})
    for (const int n : {5, 8, 12, 20, 41, 90}) {
      const double rate = achieved_rate(distribution, n, 0.01);
      EXPECT_LT(rate, 1.0 / (n + 1) + 0.002) << distribution.name << " " << n;
      EXPECT_GT(rate, 0.004) << distribution.name << " " << n;
    }
}

TEST(ThresholdForRate, IsBoundedByWhatWasSeen) {
  Random random(3);
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<double> scores(2 + random.below(60));
    for (double& score : scores) score = std::exp(2 * random.normal());  // a tail that an extrapolation would follow
    const double threshold = threshold_for_rate(scores, 1e-4);
    std::sort(scores.begin(), scores.end());
    const double highest = scores.back(), median = scores[(scores.size() - 1) / 2];
    EXPECT_GT(threshold, highest);
    EXPECT_LE(threshold, highest + 0.1001 * (highest - median) + 1e-6 * highest);
  }
}

TEST(ThresholdForRate, LiesHalfwayBetweenTheScoresItParts) {
  EXPECT_EQ(threshold_for_rate(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.2), 8.5);
  EXPECT_EQ(threshold_for_rate(std::vector<double>{10, 1, 9, 2, 8, 3, 7, 4, 6, 5}, 0.1), 9.5);
}

TEST(ThresholdForRate, NeverRejectsMoreThanTheWantedShareOfTheNormals) {
  Random random(4);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> scores(1 + random.below(60));
    const double levels = trial % 2 == 0 ? 4 : 1e6;  // half of the trials have many ties
    for (double& score : scores) score = static_cast<float>(std::floor(random.normal() * levels) / levels);
    const double wanted = random.uniform(0.001, 0.5);
    const double threshold = threshold_for_rate(scores, wanted);
    const auto rejected = std::count_if(scores.begin(), scores.end(), [&](double score) { return score >= threshold; });
    EXPECT_LE(static_cast<double>(rejected), wanted * static_cast<double>(scores.size()) + 1e-9);
    const auto as_float = static_cast<float>(threshold);
    EXPECT_EQ(rejected, std::count_if(scores.begin(), scores.end(), [&](double score) { return score >= as_float; }));
  }
}

TEST(ThresholdForRate, StepsOverTies) {
  EXPECT_EQ(threshold_for_rate(std::vector<double>{1, 2, 2, 2, 3}, 0.4), 2.5);
  const double above = threshold_for_rate(std::vector<double>{7, 7, 7, 7}, 0.5);
  EXPECT_GT(above, 7);
  EXPECT_LT(above, 7.00001);
}

TEST(ThresholdForRate, CountsAShareThatRoundingWouldMiss) {
  std::vector<double> scores(30);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<double>(i);
  EXPECT_EQ(threshold_for_rate(scores, 0.1), 26.5);  // 27, 28 and 29 rejected
}

TEST(ThresholdForRate, PartsFloatsAndDoublesThatLieSideBySide) {
  const float low = 1.0F, high = std::nextafter(low, 2.0F);
  EXPECT_EQ(threshold_for_rate(std::vector<double>{low, high}, 0.5), high);
  const double next = std::nextafter(1.0, 2.0);
  EXPECT_EQ(threshold_for_rate(std::vector<double>{1.0, next}, 0.5), next);
}

TEST(ThresholdForRate, LiesJustAboveScoresThatSayNothingOfTheirSpread) {
  EXPECT_EQ(threshold_for_rate(std::vector<double>{4}, 0.01), std::nextafter(4.0F, 5.0F));
  EXPECT_EQ(threshold_for_rate(std::vector<double>{-4, -4, -4}, 0.01), std::nextafter(-4.0F, 0.0F));
  EXPECT_GT(threshold_for_rate(std::vector<double>{0}, 0.01), 0);
}

TEST(ThresholdRejecting, RejectsThatManyUnlessTiesForbid) {
  const std::vector<double> scores{5, 4, 4, 3};
  EXPECT_GT(threshold_rejecting(scores, 0), 5);
  EXPECT_EQ(threshold_rejecting(scores, 1), 4.5);
  EXPECT_EQ(threshold_rejecting(scores, 2), 4.5);
  EXPECT_EQ(threshold_rejecting(scores, 3), 3.5);
  EXPECT_EQ(threshold_rejecting(scores, 4), 3);
}

TEST(ThresholdForRate, StaysFiniteAndAboveTheHighestWithVeryFewNormals) {
  for (const double rate : {0.1, 0.01, 1e-6}) {
    for (std::size_t n = 2; n <= 6; ++n) {
      const std::vector<double> scores{1.0, 1.1, 1.3, 1.2, 1.05, 1.15};
      const double threshold = threshold_for_rate(std::span(scores).first(n), rate);
      EXPECT_GT(threshold, *std::max_element(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(n)));
      EXPECT_LT(threshold, 100);
    }
  }
}

TEST(ThresholdForRate, RisesAsTheWantedRateFalls) {
  Random random(9);
  std::vector<double> scores(50);
  for (double& score : scores) score = random.normal();
  double before = -1e9;
  for (const double rate : {0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 1e-4, 1e-6}) {
    const double threshold = threshold_for_rate(scores, rate);
    EXPECT_GE(threshold, before) << rate;
    before = threshold;
  }
}

TEST(NormalsNeeded, IsTheFewestThatVerifyTheRate) {
  EXPECT_EQ(normals_needed(0.01), 99);
  EXPECT_EQ(normals_needed(0.1), 9);
  EXPECT_EQ(normals_needed(0.3), 3);
  EXPECT_DOUBLE_EQ(smallest_verifiable_rate(99), 0.01);
}

}  // namespace
}  // namespace vigie

#include "vigie/metrics/scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/core/random.h"

namespace vigie {
namespace {

using testing::ElementsAre;

TEST(SortedScores, SortsBothSidesFromTheHighest) {
  const SortedScores scores({1, 3, 2}, {-1, 5});
  EXPECT_THAT(scores.normal(), ElementsAre(3, 2, 1));
  EXPECT_THAT(scores.anomalous(), ElementsAre(5, -1));
}

TEST(Auroc, CountsPairsInTheRightOrderAndTiesByHalf) {
  // Of the six pairs, 0.35 beats one normal, 0.8 beats both, 0.4 beats one and ties with one: 1 + 2 + 1.5.
  EXPECT_DOUBLE_EQ(SortedScores({0.1F, 0.4F}, {0.35F, 0.8F, 0.4F}).auroc(), 4.5 / 6);
  EXPECT_DOUBLE_EQ(SortedScores({1, 2}, {3, 4}).auroc(), 1.0);
  EXPECT_DOUBLE_EQ(SortedScores({3, 4}, {1, 2}).auroc(), 0.0);
  EXPECT_DOUBLE_EQ(SortedScores({7, 7, 7}, {7, 7}).auroc(), 0.5);
}

TEST(Auroc, EqualsTheDoubleLoopOverAllPairs) {
  Random random(3);
  std::vector<float> normal(301), anomalous(97);
  for (float& score : normal) score = static_cast<float>(random.below(20)) - 9;
  for (float& score : anomalous) score = static_cast<float>(random.below(20)) - 6;
  double wins = 0;
  for (const float n : normal)
    for (const float a : anomalous) wins += a > n ? 1.0 : a == n ? 0.5 : 0.0;
  EXPECT_DOUBLE_EQ(SortedScores(normal, anomalous).auroc(), wins / (301.0 * 97.0));
}

TEST(SortedScores, TreatsMinusZeroAsZero) {
  const SortedScores scores({-0.0F, 0.0F}, {0.0F, -0.0F});
  EXPECT_DOUBLE_EQ(scores.auroc(), 0.5);
  EXPECT_DOUBLE_EQ(scores.average_precision(), 0.5);
  EXPECT_EQ(scores.curve(10).size(), 1u);
}

TEST(AveragePrecision, SumsPrecisionOverRecallSteps) {
  // Thresholds 0.8, 0.4, 0.35: precision 1, 1/2, 2/3 with recall 1/2, 1/2, 1.
  EXPECT_DOUBLE_EQ(SortedScores({0.1F, 0.4F}, {0.35F, 0.8F}).average_precision(), 0.5 * 1 + 0.5 * 2 / 3);
  EXPECT_DOUBLE_EQ(SortedScores({5, 5, 5}, {5}).average_precision(), 0.25);
}

TEST(F1Max, NamesTheHighestThresholdReachingIt) {
  // F1 at 0.9: 2/3; at 0.8: 2/4; at 0.7: 4/5; at 0.1: 4/6.
  const auto best = SortedScores({0.8F, 0.1F, 0.1F}, {0.9F, 0.7F}).f1_max();
  EXPECT_DOUBLE_EQ(best.f1, 0.8);
  EXPECT_EQ(best.threshold, static_cast<double>(0.7F));
  // F1 is 2/3 at 4, 1/2 at 3, 2/5 at 2 and 2/3 again at 1.
  EXPECT_EQ(SortedScores({3, 2}, {4, 1}).f1_max().f1, 2.0 / 3);
  EXPECT_EQ(SortedScores({3, 2}, {4, 1}).f1_max().threshold, 4.0);
}

TEST(SortedScores, IsUndefinedWithOneClassOnly) {
  for (const SortedScores& scores : {SortedScores({}, {1}), SortedScores({1}, {}), SortedScores({}, {})}) {
    EXPECT_TRUE(std::isnan(scores.auroc()));
    EXPECT_TRUE(std::isnan(scores.average_precision()));
    EXPECT_TRUE(std::isnan(scores.f1_max().f1));
    EXPECT_TRUE(scores.curve(10).empty());
  }
}

TEST(SortedScores, RefusesWhatIsNotFiniteAndSaysWhere) {
  try {
    const SortedScores scores({0, 1}, {0, 1, std::numeric_limits<float>::quiet_NaN()});
    FAIL() << "accepted a NaN";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
    EXPECT_THAT(error.what(), testing::HasSubstr("anomalous score 2"));
  }
  EXPECT_THROW(SortedScores({std::numeric_limits<float>::infinity()}, {0}), Error);
}

TEST(Curve, HoldsEveryDistinctThresholdWhenTheyFit) {
  const auto points = SortedScores({2, 1}, {3, 2}).curve(3);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[1].threshold, 2);
  EXPECT_DOUBLE_EQ(points[1].false_positive_rate, 0.5);
  EXPECT_DOUBLE_EQ(points[1].recall, 1.0);
  EXPECT_DOUBLE_EQ(points[1].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(points[2].false_positive_rate, 1.0);
}

TEST(Curve, KeepsItsEndsAndItsShapeWhenThinned) {
  Random random(5);
  std::vector<float> normal(50000), anomalous(500);
  for (float& score : normal) score = static_cast<float>(random.normal());
  for (float& score : anomalous) score = static_cast<float>(random.normal() + 2);
  const SortedScores scores(normal, anomalous);
  const auto points = scores.curve(200);
  EXPECT_LE(points.size(), 200u);
  EXPECT_GE(points.size(), 100u);
  EXPECT_EQ(points.back().recall, 1.0);
  EXPECT_EQ(points.back().false_positive_rate, 1.0);
  EXPECT_EQ(points.front().threshold, std::max(scores.normal()[0], scores.anomalous()[0]));
  double area = 0, fpr = 0, recall = 0;
  for (const auto& point : points) {
    area += (point.false_positive_rate - fpr) * (point.recall + recall) / 2;
    fpr = point.false_positive_rate;
    recall = point.recall;
  }
  EXPECT_NEAR(area, scores.auroc(), 1e-3);
  EXPECT_LE(scores.curve(2).size(), 2u);
  EXPECT_EQ(scores.curve(2).back().recall, 1.0);
}

TEST(AtThreshold, CountsScoresAtTheThresholdAsRejected) {
  const std::vector<float> normal{1, 2, 3, 4}, anomalous{3, 5, 1};
  const ThresholdMetrics metrics = at_threshold(normal, anomalous, 3);
  EXPECT_EQ(metrics.true_positives, 2);
  EXPECT_EQ(metrics.false_positives, 2);
  EXPECT_EQ(metrics.true_negatives, 2);
  EXPECT_EQ(metrics.false_negatives, 1);
  EXPECT_DOUBLE_EQ(metrics.precision(), 0.5);
  EXPECT_DOUBLE_EQ(metrics.recall(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.f1(), 4.0 / 7);
  EXPECT_DOUBLE_EQ(metrics.accuracy(), 4.0 / 7);
  EXPECT_DOUBLE_EQ(metrics.false_positive_rate(), 0.5);
}

TEST(AtThreshold, UndefinedRatesAreNotNumbers) {
  const std::vector<float> normal{1}, none;
  const ThresholdMetrics metrics = at_threshold(normal, none, 9);
  EXPECT_TRUE(std::isnan(metrics.precision()));
  EXPECT_TRUE(std::isnan(metrics.recall()));
  EXPECT_TRUE(std::isnan(metrics.f1()));
  EXPECT_DOUBLE_EQ(metrics.accuracy(), 1.0);
  EXPECT_TRUE(std::isnan(at_threshold(none, none, 0).accuracy()));
}

}  // namespace
}  // namespace vigie

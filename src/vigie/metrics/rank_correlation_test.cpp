#include "vigie/metrics/rank_correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "vigie/core/error.h"

namespace vigie {
namespace {

using Scores = std::vector<double>;

TEST(RankCorrelation, OnlyTheOrderCounts) {
  EXPECT_DOUBLE_EQ(rank_correlation(Scores{1, 2, 3, 4}, Scores{10, 20, 21, 1000}), 1);
  EXPECT_DOUBLE_EQ(rank_correlation(Scores{1, 2, 3, 4}, Scores{4, 3, 2, 1}), -1);
}

TEST(RankCorrelation, IsThatOfTheTextbookFormulaWithoutTies) {
  // 1 − 6 Σd² / (n (n² − 1)), d = 0, 1, 1, 1, 1 -> 1 − 24 / 120
  EXPECT_DOUBLE_EQ(rank_correlation(Scores{1, 2, 3, 4, 5}, Scores{1, 3, 2, 5, 4}), 0.8);
}

TEST(RankCorrelation, TiesShareTheirMeanRank) {
  // ranks 0 1.5 1.5 3 against 0 1 2 3: Σxy = 4.5, Σxx = 4.5, Σyy = 5
  EXPECT_DOUBLE_EQ(rank_correlation(Scores{1, 2, 2, 3}, Scores{1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5));
}

TEST(RankCorrelation, IsUndefinedWithoutAnOrder) {
  EXPECT_TRUE(std::isnan(rank_correlation(Scores{}, Scores{})));
  EXPECT_TRUE(std::isnan(rank_correlation(Scores{1}, Scores{2})));
  EXPECT_TRUE(std::isnan(rank_correlation(Scores{1, 1, 1}, Scores{1, 2, 3})));
  EXPECT_THROW(rank_correlation(Scores{1}, Scores{1, 2}), Error);
  EXPECT_THROW(rank_correlation(Scores{NAN, 1}, Scores{1, 2}), Error);
}

}  // namespace
}  // namespace vigie

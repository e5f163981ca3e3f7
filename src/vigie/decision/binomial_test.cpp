#include "vigie/decision/binomial.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/core/error.h"

namespace vigie {
namespace {

TEST(BinomialAtMost, SumsTheProbabilities) {
  EXPECT_NEAR(binomial_at_most(1, 3, 0.5), 4.0 / 8, 1e-12);
  EXPECT_NEAR(binomial_at_most(0, 10, 0.1), std::pow(0.9, 10), 1e-12);
  EXPECT_EQ(binomial_at_most(5, 5, 0.3), 1);
  EXPECT_EQ(binomial_at_most(2, 5, 1), 0);
  EXPECT_NEAR(binomial_at_most(500, 1000, 0.5), 0.5126125, 1e-6);  // scipy.stats.binom.cdf
}

TEST(BinomialUpperBound, WithoutARejectHasItsClosedForm) {
  for (const int n : {1, 8, 20, 40, 99, 1000})
    EXPECT_NEAR(binomial_upper_bound(0, n), 1 - std::pow(0.05, 1.0 / n), 1e-12) << n;
  EXPECT_NEAR(binomial_upper_bound(0, 40), 0.0722, 5e-5);
  EXPECT_NEAR(binomial_upper_bound(0, 99), 0.0298, 5e-5);
}

TEST(BinomialUpperBound, LeavesTheRestOfTheConfidence) {
  for (const int k : {1, 2, 7, 60})
    EXPECT_NEAR(binomial_at_most(k, 209, binomial_upper_bound(k, 209)), 0.05, 1e-9) << k;
  EXPECT_NEAR(binomial_upper_bound(2, 209), 0.029818, 1e-5);  // scipy.stats.beta.ppf(0.95, 3, 207)
}

TEST(BinomialUpperBound, KnowsNothingWithoutTrialsAndRefusesNonsense) {
  EXPECT_EQ(binomial_upper_bound(0, 0), 1);
  EXPECT_EQ(binomial_upper_bound(4, 4), 1);
  EXPECT_THROW(binomial_upper_bound(3, 2), Error);
  EXPECT_THROW(binomial_upper_bound(-1, 2), Error);
  EXPECT_THROW(binomial_upper_bound(0, 2, 1), Error);
}

}  // namespace
}  // namespace vigie

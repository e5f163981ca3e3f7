#include "vigie/core/median.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vigie {
namespace {

TEST(MedianOf, IsTheMiddleOrHalfWayBetweenTheTwoInTheMiddle) {
  EXPECT_EQ(median_of({3}), 3);
  EXPECT_EQ(median_of({9, 1, 5}), 5);
  EXPECT_EQ(median_of({8, 1, 2, 9}), 5);
  EXPECT_EQ(median_of({-4, 2}), -1);
  EXPECT_EQ(median_of({7, 7, 1, 7, 9, 0}), 7);
}

TEST(MedianOf, OfNothingIsUndefined) {
  EXPECT_TRUE(std::isnan(median_of({})));
}

}  // namespace
}  // namespace vigie

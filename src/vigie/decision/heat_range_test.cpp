#include "vigie/decision/heat_range.h"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

namespace vigie {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

TEST(HeatRange, IsARangeAroundAnyThreshold) {
  for (const double threshold : {-1e38, -92.5, -1e-3, -0.0, 0.0, 1e-30, 1.3, 1e38, 3e38})
    for (const double usual : {-1e39, -93.0, -1.0, 0.0, 1.2, 1.3, 50.0, 1e39, kUnknown})
      for (const double hottest : {kUnknown, -200.0, 0.0, 7.0}) {
        const HeatRange range = heat_range(usual, threshold, hottest);
        EXPECT_TRUE(std::isfinite(range.low) && std::isfinite(range.high)) << usual << ' ' << threshold;
        EXPECT_LT(range.low, range.high) << usual << ' ' << threshold << ' ' << hottest;
        EXPECT_LE(range.low, static_cast<float>(threshold));
        EXPECT_GE(range.high, static_cast<float>(threshold));
      }
}

TEST(HeatRange, PutsTheUsualValueFirstAndTheThresholdInTheMiddle) {
  const HeatRange positive = heat_range(1, 1.5), negative = heat_range(-3, -2), shown = heat_range(1, 1.5, 9);
  EXPECT_FLOAT_EQ(positive.low, 1);
  EXPECT_FLOAT_EQ(positive.high, 2);
  EXPECT_FLOAT_EQ(negative.low, -3);
  EXPECT_FLOAT_EQ(negative.high, -1);
  EXPECT_FLOAT_EQ(shown.low, 1);
  EXPECT_FLOAT_EQ(shown.high, 9);
}

TEST(HeatRange, WithoutAUsualValueReachesHalfTheThreshold) {
  EXPECT_FLOAT_EQ(heat_range(kUnknown, 2).low, 1);
  EXPECT_FLOAT_EQ(heat_range(kUnknown, 2).high, 3);
  EXPECT_FLOAT_EQ(heat_range(kUnknown, -2).low, -3);
  EXPECT_FLOAT_EQ(heat_range(5, 2).low, 1);
}

TEST(HeatRange, WithoutAThresholdIsWhatIsKnown) {
  EXPECT_FLOAT_EQ(heat_range(1, kUnknown, 4).low, 1);
  EXPECT_FLOAT_EQ(heat_range(1, kUnknown, 4).high, 4);
  EXPECT_LT(heat_range(1, kUnknown, 1).low, heat_range(1, kUnknown, 1).high);
}

}  // namespace
}  // namespace vigie

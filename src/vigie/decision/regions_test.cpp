#include "vigie/decision/regions.h"

#include <gtest/gtest.h>

#include <limits>

#include "vigie/core/error.h"

namespace vigie {
namespace {

Tensor example_map() {
  return Tensor::from({4, 6}, std::vector<float>{1, 1, 0, 0, 0, 3,  //
                                                 0, 0, 2, 0, 0, 3,  //
                                                 0, 0, 0, 0, 0, 0,  //
                                                 0, 5, 0, 2, 0, 0});
}

TEST(FindRegions, MeasuresEachRegionWorstFirst) {
  const std::vector<Region> regions = find_regions(example_map(), 1, 1);
  ASSERT_EQ(regions.size(), 4u);
  EXPECT_EQ(regions[0].score, 5);
  EXPECT_EQ(regions[1].score, 3);
  const Region& diagonal = regions[2];  // joined through a corner; before its equal, which lies lower
  EXPECT_EQ(diagonal.score, 2);
  EXPECT_EQ(diagonal.left, 0);
  EXPECT_EQ(diagonal.top, 0);
  EXPECT_EQ(diagonal.right, 3);
  EXPECT_EQ(diagonal.bottom, 2);
  EXPECT_EQ(diagonal.area, 3);
  EXPECT_DOUBLE_EQ(diagonal.centroid_x, 1.0);
  EXPECT_DOUBLE_EQ(diagonal.centroid_y, 1.0 / 3);
  EXPECT_EQ(regions[3].left, 3);
  EXPECT_EQ(regions[3].top, 3);
}

TEST(FindRegions, LeavesOutSmallOnesAndScoresBelowTheThreshold) {
  EXPECT_EQ(find_regions(example_map(), 1, 2).size(), 2u);
  EXPECT_EQ(find_regions(example_map(), 1, 4).size(), 0u);
  const std::vector<Region> high = find_regions(example_map(), 2, 1);
  ASSERT_EQ(high.size(), 4u);
  EXPECT_EQ(high[2].area, 1);
  EXPECT_TRUE(find_regions(example_map(), 6, 1).empty());
}

TEST(FindRegions, WorksOnNegativeMaps) {
  const std::vector<Region> regions = find_regions(Tensor::from({1, 3}, std::vector<float>{-9, -2, -1}), -3, 1);
  ASSERT_EQ(regions.size(), 1u);
  EXPECT_EQ(regions[0].score, -1);
  EXPECT_EQ(regions[0].area, 2);
}

TEST(FindRegions, RefusesWhatItCannotUse) {
  EXPECT_THROW(find_regions(Tensor::zeros({2, 2, 1}), 1, 1), Error);
  EXPECT_THROW(find_regions(Tensor::zeros({2, 2}), std::numeric_limits<float>::quiet_NaN(), 1), Error);
  EXPECT_THROW(find_regions(Tensor::zeros({2, 2}), 1, 0), Error);
}

}  // namespace
}  // namespace vigie

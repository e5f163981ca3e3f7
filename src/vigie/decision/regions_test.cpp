#include "vigie/decision/regions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/core/random.h"

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

/// Region of each label pixel by pixel, in scan order.
std::vector<Region> regions_by_pixel(const Tensor& map, float threshold) {
  Tensor mask(map.shape(), DType::U8);
  for (std::int64_t i = 0; i < map.count(); ++i)
    mask.data<std::uint8_t>()[i] = map.data<float>()[i] >= threshold ? 1 : 0;
  const Labels found = label_regions(mask);
  std::vector<Region> regions(static_cast<std::size_t>(found.count));
  for (std::int64_t i = 0; i < map.count(); ++i) {
    const std::int32_t label = found.labels.data<std::int32_t>()[i];
    if (label == 0) continue;
    Region& region = regions[static_cast<std::size_t>(label - 1)];
    const std::int64_t x = i % map.dim(1), y = i / map.dim(1);
    const bool first = region.area++ == 0;
    region.left = first ? x : std::min(region.left, x);
    region.top = first ? y : region.top;
    region.right = std::max(region.right, x + 1);
    region.bottom = y + 1;
    region.score = first ? map.data<float>()[i] : std::max(region.score, map.data<float>()[i]);
    region.centroid_x += static_cast<double>(x);
    region.centroid_y += static_cast<double>(y);
  }
  return regions;
}

TEST(FindRegions, EqualsCountingPixelByPixelOnRandomMaps) {
  Random random(12);
  for (int trial = 0; trial < 200; ++trial) {
    Tensor map({1 + static_cast<std::int64_t>(random.below(50)), 1 + static_cast<std::int64_t>(random.below(50))});
    for (float& score : map.values<float>()) score = static_cast<float>(random.uniform());
    if (trial % 4 == 0) map.data<float>()[0] = std::nanf("");
    const auto threshold = static_cast<float>(random.uniform(0.3, 1.0));
    const std::vector<Region> found = find_regions(map, threshold, 1);
    std::vector<Region> wanted = regions_by_pixel(map, threshold);
    std::stable_sort(wanted.begin(), wanted.end(), [](const Region& a, const Region& b) { return a.score > b.score; });
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].score, wanted[i].score);
      ASSERT_EQ(found[i].area, wanted[i].area);
      ASSERT_EQ(found[i].left, wanted[i].left);
      ASSERT_EQ(found[i].top, wanted[i].top);
      ASSERT_EQ(found[i].right, wanted[i].right);
      ASSERT_EQ(found[i].bottom, wanted[i].bottom);
      ASSERT_DOUBLE_EQ(found[i].centroid_x, wanted[i].centroid_x / static_cast<double>(wanted[i].area));
      ASSERT_DOUBLE_EQ(found[i].centroid_y, wanted[i].centroid_y / static_cast<double>(wanted[i].area));
    }
  }
}

TEST(FindRegions, RefusesWhatItCannotUse) {
  EXPECT_THROW(find_regions(Tensor::zeros({2, 2, 1}), 1, 1), Error);
  EXPECT_THROW(find_regions(Tensor::zeros({2, 2}), std::numeric_limits<float>::quiet_NaN(), 1), Error);
  EXPECT_THROW(find_regions(Tensor::zeros({2, 2}), 1, 0), Error);
}

}  // namespace
}  // namespace vigie

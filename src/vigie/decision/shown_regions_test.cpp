#include "vigie/decision/shown_regions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/core/random.h"

namespace vigie {
namespace {

/// Smooth hills: `height` above zero at (x, y), half as high `width` pixels away.
struct Hill {
  double x, y, height, width;
};
Tensor landscape(std::int64_t side, const std::vector<Hill>& hills) {
  Tensor map = Tensor::zeros({side, side});
  for (std::int64_t y = 0; y < side; ++y)
    for (std::int64_t x = 0; x < side; ++x)
      for (const Hill& hill : hills) {
        const double far = std::hypot(static_cast<double>(x) - hill.x, static_cast<double>(y) - hill.y) / hill.width;
        map.data<float>()[y * side + x] += static_cast<float>(hill.height * std::exp2(-far * far));
      }
  return map;
}

const std::vector<Hill> kTwoHills = {{20, 30, 2, 6}, {70, 60, 1, 6}};

TEST(ShownRegions, APassedPartShowsNone) {
  EXPECT_TRUE(shown_regions(landscape(100, kTwoHills), false, 0.5F).regions.empty());
}

TEST(ShownRegions, ARejectedPartShowsThoseAtThePixelThreshold) {
  const ShownRegions shown = shown_regions(landscape(100, kTwoHills), true, 0.5F);
  ASSERT_EQ(shown.regions.size(), 2u);
  EXPECT_EQ(shown.level, 0.5F);
  EXPECT_NEAR(shown.regions[0].centroid_x, 20, 0.5);
}

TEST(ShownRegions, ARejectedPartBelowThePixelThresholdShowsItsHottestOne) {
  const ShownRegions shown = shown_regions(landscape(100, kTwoHills), true, 7);
  ASSERT_EQ(shown.regions.size(), 1u);
  EXPECT_NEAR(shown.regions[0].centroid_x, 20, 0.5);
  EXPECT_NEAR(shown.regions[0].centroid_y, 30, 0.5);
  EXPECT_LT(shown.level, shown.regions[0].score);
  EXPECT_GT(shown.regions[0].area, 4);
  EXPECT_LT(shown.regions[0].right - shown.regions[0].left, 12);
}

TEST(ShownRegions, APeakTooSmallForARegionIsShownLarger) {
  const Tensor map = landscape(1000, {{200, 300, 2, 20}});
  const ShownRegions shown = shown_regions(map, true, std::nextafterf(2, 0));
  ASSERT_EQ(shown.regions.size(), 1u);
  EXPECT_GT(shown.regions[0].area, 20);
}

TEST(ShownRegions, AgreeWithTheVerdictOnAnyMapAndThreshold) {
  Random random(7);
  for (int turn = 0; turn < 300; ++turn) {
    Tensor map({12, 17});
    const double scale = std::exp(20 * random.uniform() - 10), offset = (random.uniform() - 0.5) * scale * 4;
    for (float& value : map.values<float>()) value = static_cast<float>(offset + scale * random.uniform());
    if (turn % 10 == 0)
      for (float& value : map.values<float>()) value = static_cast<float>(offset);  // flat
    const auto threshold = static_cast<float>(offset + scale * (3 * random.uniform() - 1));
    EXPECT_FALSE(shown_regions(map, true, threshold).regions.empty());
    EXPECT_TRUE(shown_regions(map, false, threshold).regions.empty());
  }
}

TEST(RegionMask, HoldsThePixelsOfTheRegionsAndNoOthers) {
  const Tensor map = landscape(100, kTwoHills);
  const ShownRegions shown = shown_regions(map, true, 7);
  const Tensor mask = region_mask(map, shown.level, shown.regions);
  std::int64_t area = 0;
  for (std::int64_t i = 0; i < mask.count(); ++i) {
    if (mask.data<std::uint8_t>()[i] == 0) continue;
    ++area;
    EXPECT_GE(map.data<float>()[i], shown.level);
    EXPECT_LT(i % 100, shown.regions[0].right);
  }
  EXPECT_EQ(area, shown.regions[0].area);
  const Tensor none = region_mask(map, 0.5F, {});
  for (const std::uint8_t value : none.values<std::uint8_t>()) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace vigie

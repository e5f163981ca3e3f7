#include "vigie/metrics/overlap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "vigie/core/error.h"

namespace vigie {
namespace {

Tensor mask_of(Shape shape, const std::vector<int>& pixels) {
  Tensor mask(std::move(shape), DType::U8);
  for (std::size_t i = 0; i < pixels.size(); ++i) mask.values<std::uint8_t>()[i] = static_cast<std::uint8_t>(pixels[i]);
  return mask;
}

TEST(OverlapAtThreshold, EqualsCountsByHand) {
  const std::vector<ScoredMap> images{
      // Truth {0 1} and {4}, predicted {1 2} and {6 7}: 1 of 6 pixels in both; the first region shares 1 of 3 with its
      // partner.
      {Tensor::from({1, 8}, std::vector<float>{0, 1, 2, 0, 0, 0, 1, 1}), mask_of({1, 8}, {1, 1, 0, 0, 1, 0, 0, 0})},
      {Tensor::from({1, 2}, std::vector<float>{3, 0}), mask_of({1, 2}, {255, 0})},
      {Tensor::from({1, 4}, std::vector<float>{0, 0, 0, 1}), Tensor()}};
  const OverlapAtThreshold overlap = overlap_at_threshold(images, 1.0);
  EXPECT_DOUBLE_EQ(overlap.iou_pooled, 2.0 / 8);
  EXPECT_DOUBLE_EQ(overlap.dice_pooled, 4.0 / 10);
  EXPECT_DOUBLE_EQ(overlap.iou_per_image, (1.0 / 6 + 1) / 2);
  EXPECT_DOUBLE_EQ(overlap.dice_per_image, (2.0 / 7 + 1) / 2);
  EXPECT_DOUBLE_EQ(overlap.iou_per_region, (1.0 / 3 + 0 + 1) / 3);
}

TEST(OverlapAtThreshold, ComparesARegionWithAllPredictedRegionsThatTouchIt) {
  // Truth {1 2 3 4}; predicted {0 1} and {3 4} touch it, {6} does not: 3 shared of 5.
  const ScoredMap image{Tensor::from({1, 7}, std::vector<float>{1, 1, 0, 1, 1, 0, 1}),
                        mask_of({1, 7}, {0, 1, 1, 1, 1, 0, 0})};
  EXPECT_DOUBLE_EQ(overlap_at_threshold({image}, 1.0).iou_per_region, 3.0 / 5);
}

TEST(OverlapAtThreshold, IsUndefinedWithoutDefects) {
  const ScoredMap good{Tensor::zeros({2, 2}), Tensor()};
  const OverlapAtThreshold overlap = overlap_at_threshold({good}, 1.0);
  EXPECT_TRUE(std::isnan(overlap.iou_pooled));
  EXPECT_TRUE(std::isnan(overlap.dice_per_image));
  EXPECT_TRUE(std::isnan(overlap.iou_per_region));
  EXPECT_DOUBLE_EQ(overlap_at_threshold({good}, 0.0).iou_pooled, 0.0);
}

TEST(PixelsAtThreshold, CountsAllPixelsOfAllImages) {
  const std::vector<ScoredMap> images{
      {Tensor::from({1, 6}, std::vector<float>{0, 1, 2, 0, 0, 1}), mask_of({1, 6}, {0, 1, 1, 7, 0, 0})},
      {Tensor::from({1, 4}, std::vector<float>{0, 0, 0, 1}), Tensor()}};
  const ThresholdMetrics pixels = pixels_at_threshold(images, 1.0);
  EXPECT_EQ(pixels.true_positives, 2);
  EXPECT_EQ(pixels.false_negatives, 1);
  EXPECT_EQ(pixels.false_positives, 2);
  EXPECT_EQ(pixels.true_negatives, 5);
}

TEST(OverlapAtThreshold, RefusesAThresholdThatIsNotANumber) {
  EXPECT_THROW(overlap_at_threshold({}, std::numeric_limits<double>::quiet_NaN()), Error);
}

}  // namespace
}  // namespace vigie

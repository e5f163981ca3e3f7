#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "vigie/core/error.h"
#include "vigie/imaging/connected.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/random_maps.h"

namespace vigie {
namespace {

struct CurvePoint {
  double fpr, overlap;
};

/// From the definition, for one threshold: predict map >= threshold, then look at every region and every defect-free
/// pixel.
CurvePoint point_at(const std::vector<ScoredMap>& images, float threshold) {
  double overlap = 0, regions = 0, normal = 0, false_positives = 0;
  for (const ScoredMap& image : images) {
    const bool masked = !image.mask.empty();
    const Labels labels = label_regions(masked ? image.mask : Tensor::zeros(image.map.shape(), DType::U8));
    for (std::int32_t region = 0; region <= labels.count; ++region) {
      double pixels = 0, found = 0;
      for (std::int64_t i = 0; i < image.map.count(); ++i) {
        if (labels.labels.data<std::int32_t>()[i] != region) continue;
        pixels += 1;
        found += image.map.data<float>()[i] >= threshold ? 1 : 0;
      }
      if (region == 0) {
        normal += pixels;
        false_positives += found;
      } else {
        regions += 1;
        overlap += found / pixels;
      }
    }
  }
  return {false_positives / normal, overlap / regions};
}

double aupro_reference(const std::vector<ScoredMap>& images, double limit) {
  std::set<float, std::greater<>> thresholds;
  for (const ScoredMap& image : images)
    for (const float score : image.map.values<float>()) thresholds.insert(score);
  std::vector<CurvePoint> curve{{0, 0}};
  for (const float threshold : thresholds) curve.push_back(point_at(images, threshold));
  curve.push_back({1, 1});
  double area = 0;
  for (std::size_t i = 1; i < curve.size() && curve[i - 1].fpr < limit; ++i) {
    CurvePoint a = curve[i - 1], b = curve[i];
    if (b.fpr > limit) b = {limit, a.overlap + (b.overlap - a.overlap) * (limit - a.fpr) / (b.fpr - a.fpr)};
    area += (b.fpr - a.fpr) * (a.overlap + b.overlap) / 2;
  }
  return area / limit;
}

TEST(Aupro, EqualsTheDefinitionOnRandomMapsWithManyTies) {
  Random random(11);
  for (const double levels : {1.0, 3.0, 40.0, 1e6}) {
    std::vector<ScoredMap> images;
    for (int i = 0; i < 6; ++i) images.push_back(random_map(random, 9 + i, 14, i % 3 != 0, levels));
    for (const double limit : {0.05, 0.3, 1.0})
      EXPECT_NEAR(aupro(images, limit), aupro_reference(images, limit), 1e-9) << levels << " " << limit;
  }
}

TEST(Aupro, SeveralLimitsGiveWhatEachGivesAlone) {
  Random random(12);
  const std::vector<ScoredMap> images{random_map(random, 20, 30, true, 5), random_map(random, 20, 30, false, 5)};
  const std::vector<double> both = aupro(images, std::vector<double>{0.3, 0.05});
  EXPECT_DOUBLE_EQ(both[0], aupro(images, 0.3));
  EXPECT_DOUBLE_EQ(both[1], aupro(images, 0.05));
}

TEST(Aupro, WeighsASmallRegionAsMuchAsALargeOne) {
  // One pixel found before anything else, four pixels found after every normal one: half of the overlap at every rate
  // below 1.
  ScoredMap image{Tensor::from({1, 8}, std::vector<float>{9, 1, 1, 0, 0, 0, 0, 1}), Tensor::zeros({1, 8}, DType::U8)};
  for (const std::size_t defect : {0, 3, 4, 5, 6}) image.mask.values<std::uint8_t>()[defect] = 1;
  EXPECT_DOUBLE_EQ(aupro({image}, 0.3), 0.5);
}

TEST(Aupro, IsOneForAPerfectMapAndInterpolatesAConstantOne) {
  ScoredMap perfect{Tensor::zeros({4, 4}), Tensor::zeros({4, 4}, DType::U8)};
  perfect.map.data<float>()[5] = 1;
  perfect.mask.data<std::uint8_t>()[5] = 1;
  EXPECT_DOUBLE_EQ(aupro({perfect}, 0.3), 1.0);
  // One threshold only: the diagonal from (0, 0) to (1, 1), whose area up to 0.3 is 0.045.
  const ScoredMap constant{Tensor::full({4, 4}, 2), perfect.mask};
  EXPECT_DOUBLE_EQ(aupro({constant}, 0.3), 0.15);
}

TEST(Aupro, IsUndefinedWithoutRegionsOrWithoutNormalPixels) {
  const ScoredMap good{Tensor::full({2, 2}, 1), Tensor()};
  ScoredMap all_defect{Tensor::full({2, 2}, 1), Tensor({2, 2}, DType::U8)};
  for (auto& pixel : all_defect.mask.values<std::uint8_t>()) pixel = 1;
  EXPECT_TRUE(std::isnan(aupro({good}, 0.3)));
  EXPECT_TRUE(std::isnan(aupro({all_defect}, 0.3)));
  EXPECT_TRUE(std::isnan(aupro({}, 0.3)));
}

TEST(Aupro, RefusesMapsThatCannotBeMeasured) {
  const ScoredMap wrong_size{Tensor::zeros({2, 2}), Tensor::zeros({2, 3}, DType::U8)};
  const ScoredMap not_finite{Tensor::full({2, 2}, std::numeric_limits<float>::quiet_NaN()), Tensor()};
  EXPECT_THROW(aupro({wrong_size}, 0.3), Error);
  EXPECT_THROW(aupro({not_finite}, 0.3), Error);
  EXPECT_THROW(aupro({}, 0.0), Error);
  EXPECT_THROW(aupro({}, 1.5), Error);
}

}  // namespace
}  // namespace vigie

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/metrics/aupro_reference.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/random_maps.h"

namespace vigie {
namespace {

TEST(Aupro, EqualsTheDefinitionOnRandomMapsWithManyTies) {
  Random random(11);
  for (const double levels : {1.0, 3.0, 40.0, 1e6}) {
    std::vector<ScoredMap> images;
    for (int i = 0; i < 6; ++i) images.push_back(random_map(random, 9 + i, 14, i % 3 != 0, levels));
    for (const double limit : {0.05, 0.3, 1.0})
      EXPECT_NEAR(aupro(images, limit), aupro_reference(images, limit), 1e-12) << levels << " " << limit;
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

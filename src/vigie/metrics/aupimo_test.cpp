#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "vigie/core/error.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/random_maps.h"

namespace vigie {
namespace {

double share_at(const Tensor& map, const Tensor* mask, float threshold) {
  double pixels = 0, found = 0;
  for (std::int64_t i = 0; i < map.count(); ++i) {
    if (mask != nullptr && mask->data<std::uint8_t>()[i] == 0) continue;
    pixels += 1;
    found += map.data<float>()[i] >= threshold ? 1 : 0;
  }
  return found / pixels;
}

/// From the definition: at every distinct score of any image the mean per-image rate of the normal images and the
/// image's own recall, joined by lines over log10 of the rate, cut at the bounds; before the first false positive, the
/// recall is held.
double aupimo_reference(const std::vector<ScoredMap>& images, const ScoredMap& image, double low, double high) {
  std::set<float, std::greater<>> thresholds;
  std::vector<const Tensor*> normal;
  for (const ScoredMap& other : images) {
    for (const float score : other.map.values<float>()) thresholds.insert(score);
    if (other.mask.empty()) normal.push_back(&other.map);
  }
  double area = 0, rate_before = 0, recall_before = 0;
  for (const float threshold : thresholds) {
    double rate = 0;
    for (const Tensor* map : normal) rate += share_at(*map, nullptr, threshold) / static_cast<double>(normal.size());
    const double recall = share_at(image.map, &image.mask, threshold);
    const double left = std::log10(std::max(rate_before, low)), right = std::log10(std::min(rate, high));
    if (rate > low && rate_before < high && rate > rate_before) {
      const auto height = [&](double x) {
        if (rate_before == 0) return recall_before;
        const double x0 = std::log10(rate_before), x1 = std::log10(rate);
        return recall_before + (recall - recall_before) * (x - x0) / (x1 - x0);
      };
      area += (right - left) * (height(left) + height(right)) / 2;
    }
    rate_before = rate;
    recall_before = recall;
  }
  return area / std::log10(high / low);
}

TEST(Aupimo, EqualsTheDefinitionOnMapsOfSeveralSizesWithTies) {
  Random random(21);
  for (const double levels : {1.0, 6.0, 300.0}) {
    std::vector<ScoredMap> images;
    for (int i = 0; i < 6; ++i) images.push_back(random_map(random, 12 + 3 * i, 17, i % 2 == 0, levels));
    for (const auto& [low, high] : {std::pair{1e-5, 1e-4}, {1e-3, 1e-1}, {0.02, 0.3}, {0.1, 1.0}}) {
      const std::vector<double> values = aupimo(images, low, high);
      ASSERT_EQ(values.size(), images.size());
      for (std::size_t i = 0; i < images.size(); ++i) {
        if (images[i].mask.empty())
          EXPECT_TRUE(std::isnan(values[i]));
        else
          EXPECT_NEAR(values[i], aupimo_reference(images, images[i], low, high), 1e-9) << levels << " " << low;
      }
    }
  }
}

TEST(Aupimo, JudgesEachImageByNormalImagesOnly) {
  // False alarms beside a defect do not count; an image found above every normal pixel has 1, one found below all has
  // 0.
  const ScoredMap normal{Tensor::from({1, 4}, std::vector<float>{1, 2, 3, 4}), Tensor()};
  ScoredMap found{Tensor::from({1, 4}, std::vector<float>{5, 9, 9, 9}), Tensor::zeros({1, 4}, DType::U8)};
  found.mask.data<std::uint8_t>()[0] = 1;
  ScoredMap missed{Tensor::from({1, 4}, std::vector<float>{0, 9, 9, 9}), found.mask};
  const std::vector<double> values = aupimo({found, normal, missed}, 0.25, 1.0);
  EXPECT_DOUBLE_EQ(values[0], 1.0);
  EXPECT_DOUBLE_EQ(values[2], 0.0);
}

TEST(Aupimo, IntegratesOverTheLogarithmOfTheRate) {
  // Rates 1/4, 1/2, 3/4, 1; half of the defect is found before the first false pixel, the rest between 3 and 2 (rates
  // 1/2 and 3/4).
  const ScoredMap normal{Tensor::from({1, 4}, std::vector<float>{1, 2, 3, 4}), Tensor()};
  ScoredMap image{Tensor::from({1, 2}, std::vector<float>{5, 2.5F}), Tensor({1, 2}, DType::U8)};
  for (auto& pixel : image.mask.values<std::uint8_t>()) pixel = 1;
  const double expected = (std::log10(0.5 / 0.25) * 0.5 + std::log10(1 / 0.5) * 1.0) / std::log10(1 / 0.25);
  EXPECT_NEAR(aupimo({normal, image}, 0.25, 1.0)[1], expected, 1e-12);
}

TEST(Aupimo, IsUndefinedWithoutNormalImages) {
  Random random(2);
  const std::vector<ScoredMap> images{random_map(random, 8, 8, true, 9)};
  EXPECT_TRUE(std::isnan(aupimo(images)[0]));
  EXPECT_THROW(aupimo(images, 1e-4, 1e-5), Error);
  EXPECT_THROW(aupimo(images, 0, 1e-5), Error);
}

}  // namespace
}  // namespace vigie

#include "vigie/detectors/gradient_similarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/imaging/resize.h"

namespace vigie {
namespace {

Tensor random_image(std::int64_t height, std::int64_t width, std::int64_t channels, std::uint64_t seed) {
  Random random(seed);
  Tensor image({height, width, channels});
  for (float& x : image.values<float>()) x = static_cast<float>(random.uniform());
  return image;
}

GradientPyramid pyramid_of(const Tensor& image, std::int64_t scales) {
  return gradient_pyramid(image.data<float>(), image.dim(0), image.dim(1), image.dim(2), scales);
}

/// Value of a map with its border pixels repeated outwards.
double at(const Tensor& map, std::int64_t y, std::int64_t x) {
  y = std::clamp<std::int64_t>(y, 0, map.dim(0) - 1);
  x = std::clamp<std::int64_t>(x, 0, map.dim(1) - 1);
  return map.data<float>()[y * map.dim(1) + x];
}

/// The mean of channels and of blocks of `step` x `step` pixels.
Tensor reduced(const Tensor& image, std::int64_t step) {
  Tensor out({image.dim(0) / step, image.dim(1) / step});
  for (std::int64_t i = 0; i < out.count(); ++i) {
    double sum = 0;
    for (std::int64_t y = i / out.dim(1) * step; y < (i / out.dim(1) + 1) * step; ++y)
      for (std::int64_t x = i % out.dim(1) * step; x < (i % out.dim(1) + 1) * step; ++x)
        for (std::int64_t c = 0; c < image.dim(2); ++c)
          sum += image.data<float>()[(y * image.dim(1) + x) * image.dim(2) + c];
    out.data<float>()[i] = static_cast<float>(sum / static_cast<double>(step * step * image.dim(2)));
  }
  return out;
}

double gradient(const Tensor& map, std::int64_t y, std::int64_t x) {
  double across = 0, down = 0;
  for (std::int64_t d = -1; d <= 1; ++d) {
    across += (at(map, y + d, x + 1) - at(map, y + d, x - 1)) / 3;
    down += (at(map, y + 1, x + d) - at(map, y - 1, x + d)) / 3;
  }
  return std::sqrt(across * across + down * down);
}

/// From the definition, one reconstruction at a time; enlarged by resize_bilinear, which has its own tests.
Tensor slow_similarity(const Tensor& image, const Tensor& reconstruction, std::int64_t scales, double c) {
  Tensor mean = Tensor::zeros({image.dim(0), image.dim(1)});
  for (std::int64_t s = 0; s < scales; ++s) {
    const Tensor a = reduced(image, 1 << s), b = reduced(reconstruction, 1 << s);
    Tensor similarity(a.shape());
    for (std::int64_t i = 0; i < a.count(); ++i) {
      const double g = gradient(a, i / a.dim(1), i % a.dim(1)), r = gradient(b, i / a.dim(1), i % a.dim(1));
      similarity.data<float>()[i] = static_cast<float>((2 * g * r + c) / (g * g + r * r + c));
    }
    const Tensor full = resize_bilinear(similarity, image.dim(0), image.dim(1));
    for (std::int64_t i = 0; i < mean.count(); ++i)
      mean.data<float>()[i] += full.data<float>()[i] / static_cast<float>(scales);
  }
  return mean;
}

void expect_near(const Tensor& actual, const Tensor& expected, double tolerance) {
  ASSERT_EQ(actual.shape(), expected.shape());
  for (std::int64_t i = 0; i < expected.count(); ++i)
    ASSERT_NEAR(actual.data<float>()[i], expected.data<float>()[i], tolerance) << "at " << i;
}

TEST(GradientSimilarity, IsWhatTheDefinitionGives) {
  for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{32, 48}, {16, 16}}) {
    const Tensor image = random_image(height, width, 3, 1), other = random_image(height, width, 3, 2);
    const std::vector<GradientPyramid> others{pyramid_of(other, 4)};
    expect_near(gradient_similarity(pyramid_of(image, 4), others, 0.0026), slow_similarity(image, other, 4, 0.0026),
                2e-5);
  }
}

TEST(GradientSimilarity, OfSeveralReconstructionsIsTheirMean) {
  const Tensor image = random_image(24, 16, 3, 1), a = random_image(24, 16, 3, 2), b = random_image(24, 16, 3, 3);
  const std::vector<GradientPyramid> both{pyramid_of(a, 3), pyramid_of(b, 3)};
  Tensor expected = slow_similarity(image, a, 3, 0.01);
  const Tensor second = slow_similarity(image, b, 3, 0.01);
  for (std::int64_t i = 0; i < expected.count(); ++i)
    expected.data<float>()[i] = (expected.data<float>()[i] + second.data<float>()[i]) / 2;
  expect_near(gradient_similarity(pyramid_of(image, 3), both, 0.01), expected, 2e-5);
}

TEST(GradientSimilarity, IsOneOfEqualImagesAndIgnoresBrightness) {
  const Tensor image = random_image(16, 24, 3, 4);
  Tensor brighter = image.clone();
  for (float& x : brighter.values<float>()) x += 0.25F;
  const Tensor one = Tensor::full({16, 24}, 1);
  const std::vector<GradientPyramid> others{pyramid_of(brighter, 4)};
  expect_near(gradient_similarity(pyramid_of(image, 4), others, 0.0026), one, 1e-4);
}

TEST(GradientSimilarity, AFlatImageHasNoGradientAtItsBorder) {
  for (const Tensor& scale : pyramid_of(Tensor::full({16, 16, 3}, 0.7F), 4))
    for (const float x : scale.values<float>()) EXPECT_NEAR(x, 0, 1e-6);
}

TEST(GradientSimilarity, RefusesWhatDoesNotFit) {
  const Tensor image = random_image(16, 16, 3, 5);
  EXPECT_THROW(pyramid_of(image, 6), Error);
  const std::vector<GradientPyramid> smaller{pyramid_of(random_image(16, 8, 3, 5), 2)};
  EXPECT_THROW(gradient_similarity(pyramid_of(image, 2), smaller, 0.0026), Error);
  EXPECT_THROW(gradient_similarity(pyramid_of(image, 2), {}, 0.0026), Error);
}

TEST(MeanFilter, IsTheMeanOfThePixelsAroundThatLieInTheMap) {
  const Tensor map = reduced(random_image(19, 13, 1, 6), 1);
  for (const std::int64_t side : {1, 3, 7, 41}) {
    Tensor expected(map.shape());
    for (std::int64_t i = 0; i < map.count(); ++i) {
      double sum = 0, count = 0;
      for (std::int64_t j = 0; j < map.count(); ++j) {
        if (std::abs(j / 13 - i / 13) > side / 2 || std::abs(j % 13 - i % 13) > side / 2) continue;
        sum += map.data<float>()[j];
        ++count;
      }
      expected.data<float>()[i] = static_cast<float>(sum / count);
    }
    expect_near(mean_filter(map, side), expected, 1e-6);
  }
  EXPECT_THROW(mean_filter(map, 4), Error);
}

}  // namespace
}  // namespace vigie

#include "vigie/imaging/blur.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/imaging/resize.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

/// Position i after walking off a line of n pixels and turning round at each end.
std::int64_t reflected(std::int64_t i, std::int64_t n) {
  while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

double blurred_at(const Tensor& map, double sigma, std::int64_t y, std::int64_t x) {
  const auto radius = static_cast<std::int64_t>(4 * sigma + 0.5);
  double sum = 0, weights = 0;
  for (std::int64_t v = -radius; v <= radius; ++v)
    for (std::int64_t u = -radius; u <= radius; ++u) {
      const double weight = std::exp(-0.5 * static_cast<double>(u * u + v * v) / (sigma * sigma));
      sum += weight * map.data<float>()[reflected(y + v, map.dim(0)) * map.dim(1) + reflected(x + u, map.dim(1))];
      weights += weight;
    }
  return sum / weights;
}

TEST(GaussianBlur, EqualsItsDefinitionAlsoWhenTheKernelIsWiderThanTheMap) {
  for (const Shape& shape : {Shape{40, 71}, Shape{3, 50}, Shape{1, 1}, Shape{33, 32}})
    for (const double sigma : {0.4, 1.0, 4.0}) {
      const Tensor map = noise_image<float>(shape, 4);
      const Tensor out = gaussian_blur(map, sigma);
      for (std::int64_t i = 0; i < out.count(); ++i)
        ASSERT_NEAR(out.data<float>()[i], blurred_at(map, sigma, i / shape[1], i % shape[1]), 2e-6);
    }
}

TEST(GaussianBlur, GivesTheNumbersOfScipy) {
  // scipy.ndimage.gaussian_filter(numpy.float32([[0, 0, 0, 8], [1, 0, 0, 0], [0, 5, 0, 0]]), 1.5)
  const Tensor map = Tensor::from({3, 4}, std::vector<float>{0, 0, 0, 8, 1, 0, 0, 0, 0, 5, 0, 0});
  const float wanted[] = {0.6636162F, 0.9554464F, 1.5023618F, 1.9952537F, 0.8336486F, 0.9980869F,
                          1.2805943F, 1.5279475F, 1.0113955F, 1.0554222F, 1.0834919F, 1.0927352F};
  const Tensor out = gaussian_blur(map, 1.5);
  for (int i = 0; i < 12; ++i) EXPECT_NEAR(out.data<float>()[i], wanted[i], 1e-6);
}

TEST(GaussianBlur, OfSigmaZeroIsACopyAndKeepsAConstant) {
  const Tensor map = noise_image<float>({5, 5}, 1);
  const Tensor copy = gaussian_blur(map, 0);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(copy.data<float>()[i], map.data<float>()[i]);
  EXPECT_NE(copy.raw(), map.raw());
  const Tensor flat = gaussian_blur(Tensor::full({20, 9}, 3), 4);
  for (const float value : flat.values<float>()) EXPECT_NEAR(value, 3, 1e-5);
}

TEST(ResizeSmoothed, EqualsResizingThenSmoothing) {
  for (const Shape& grid : {Shape{28, 28}, Shape{7, 12}, Shape{1, 1}, Shape{3, 1}, Shape{40, 40}})
    for (const auto& [height, width] : {std::pair(224, 224), {96, 131}, {40, 40}, {30, 100}})
      for (const double sigma : {0.0, 0.1, 0.7, 4.0, 30.0}) {
        const Tensor map = noise_image<float>(grid, 9);
        const Tensor out = resize_smoothed(map, height, width, sigma);
        const Tensor wanted = gaussian_blur(resize_bilinear(map, height, width), sigma);
        ASSERT_EQ(out.shape(), wanted.shape());
        for (std::int64_t i = 0; i < out.count(); ++i)
          ASSERT_NEAR(out.data<float>()[i], wanted.data<float>()[i], 1e-6)
              << to_string(grid) << " to " << height << "x" << width << " sigma " << sigma;
      }
}

TEST(ResizeSmoothed, RefusesWhatBlurAndResizeRefuse) {
  EXPECT_THROW(resize_smoothed(Tensor::zeros({4, 4}), 16, 16, -1), Error);
  EXPECT_THROW(resize_smoothed(Tensor::zeros({4, 4}), 16, 16, std::nan("")), Error);
  EXPECT_THROW(resize_smoothed(Tensor::zeros({4, 4, 1}), 16, 16, 1), Error);
  EXPECT_THROW(resize_smoothed(Tensor::zeros({0, 4}), 16, 16, 1), Error);
}

TEST(GaussianBlur, RefusesANegativeSigma) {
  EXPECT_THROW(gaussian_blur(Tensor::zeros({4, 4}), -1), Error);
  EXPECT_THROW(gaussian_blur(Tensor::zeros({4, 4}), std::nan("")), Error);
  EXPECT_THROW(gaussian_blur(Tensor::zeros({4, 4, 1}), 1), Error);
}

}  // namespace
}  // namespace vigie

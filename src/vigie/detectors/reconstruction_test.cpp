#include "vigie/detectors/reconstruction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

Tensor random_image(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  Tensor image(shape);
  for (float& x : image.values<float>()) x = static_cast<float>(random.uniform());
  return image;
}

/// The image with noise of this size.
Tensor near(const Tensor& image, double noise, std::uint64_t seed) {
  Random random(seed);
  Tensor other = image.clone();
  for (float& x : other.values<float>()) x += static_cast<float>(random.uniform(-noise, noise));
  return other;
}

/// SSIM of one channel at one pixel, from the definition; the window keeps the pixels that exist.
double ssim_at(const Tensor& a, const Tensor& b, std::int64_t y, std::int64_t x, std::int64_t c) {
  const auto at = [&](const Tensor& t, std::int64_t i, std::int64_t j) {
    return static_cast<double>(t.data<float>()[(i * t.dim(1) + j) * t.dim(2) + c]);
  };
  double weights = 0, ma = 0, mb = 0, va = 0, vb = 0, covariance = 0;
  const auto each = [&](auto visit) {
    for (std::int64_t i = std::max<std::int64_t>(0, y - 5); i <= std::min(a.dim(0) - 1, y + 5); ++i)
      for (std::int64_t j = std::max<std::int64_t>(0, x - 5); j <= std::min(a.dim(1) - 1, x + 5); ++j)
        visit(std::exp(-static_cast<double>((i - y) * (i - y) + (j - x) * (j - x)) / (2 * 1.5 * 1.5)), at(a, i, j),
              at(b, i, j));
  };
  each([&](double w, double p, double q) { weights += w, ma += w * p, mb += w * q; });
  ma /= weights, mb /= weights;
  each([&](double w, double p, double q) {
    va += w * (p - ma) * (p - ma), vb += w * (q - mb) * (q - mb), covariance += w * (p - ma) * (q - mb);
  });
  const double c1 = 1e-4, c2 = 9e-4;
  return (2 * ma * mb + c1) * (2 * covariance / weights + c2) / ((ma * ma + mb * mb + c1) * ((va + vb) / weights + c2));
}

Tensor slow_error(const Tensor& a, const Tensor& b, double ssim_weight) {
  Tensor map({a.dim(0), a.dim(1)});
  for (std::int64_t y = 0; y < a.dim(0); ++y)
    for (std::int64_t x = 0; x < a.dim(1); ++x) {
      double sum = 0;
      for (std::int64_t c = 0; c < a.dim(2); ++c) {
        const std::int64_t i = (y * a.dim(1) + x) * a.dim(2) + c;
        const double difference = static_cast<double>(a.data<float>()[i]) - b.data<float>()[i];
        sum += difference * difference + ssim_weight * (1 - ssim_at(a, b, y, x, c));
      }
      map.data<float>()[y * a.dim(1) + x] = static_cast<float>(sum / static_cast<double>(a.dim(2)));
    }
  return map;
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape(), b.shape());
  for (std::int64_t i = 0; i < a.count(); ++i)
    ASSERT_NEAR(a.data<float>()[i], b.data<float>()[i], tolerance) << "value " << i;
}

TEST(ReconstructionError, IsItsDefinitionForEverySizeAndWeight) {
  for (const Shape& shape : {Shape{23, 17, 3}, Shape{5, 40, 1}, Shape{1, 1, 3}, Shape{12, 3, 2}})
    for (const double weight : {0.0, 1.0, 2.5}) {
      const Tensor image = random_image(shape, 1), other = near(image, 0.3, 2);
      expect_near(reconstruction_error(image, other, weight), slow_error(image, other, weight), 5e-5);
    }
}

TEST(ReconstructionError, IsExactEnoughOnFlatImages) {
  // Variances near nothing: what float loses must stay far below the constant beside it.
  const Tensor image = Tensor::full({16, 16, 3}, 0.93F), other = near(image, 0.004, 3);
  expect_near(reconstruction_error(image, other, 1), slow_error(image, other, 1), 1e-4);
}

TEST(ReconstructionError, IsNothingForAPerfectReconstruction) {
  const Tensor image = random_image({20, 20, 3}, 4), map = reconstruction_error(image, image, 1);
  for (const float x : map.values<float>()) EXPECT_NEAR(x, 0, 5e-5);
}

TEST(ReconstructionError, IsTheSameForAnyNumberOfThreads) {
  const Tensor image = random_image({33, 29, 3}, 5), other = near(image, 0.2, 6);
  const Tensor one = [&] {
    const ThreadShare share(1);
    return reconstruction_error(image, other, 1);
  }();
  const ThreadShare share(4);
  expect_near(reconstruction_error(image, other, 1), one, 0);
}

TEST(ReconstructionError, RefusesImagesOfTwoShapes) {
  EXPECT_THROW((void)reconstruction_error(Tensor::zeros({8, 8, 3}), Tensor::zeros({8, 9, 3}), 1), Error);
  EXPECT_THROW((void)reconstruction_error(Tensor::zeros({8, 8}), Tensor::zeros({8, 8}), 1), Error);
}

}  // namespace
}  // namespace vigie

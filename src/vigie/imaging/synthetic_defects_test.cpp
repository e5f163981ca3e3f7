#include "vigie/imaging/synthetic_defects.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "vigie/imaging/connected.h"
#include "vigie/imaging/perlin_noise.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

std::int64_t covered(const Tensor& mask) {
  const auto pixels = mask.values<std::uint8_t>();
  return std::count(pixels.begin(), pixels.end(), 255);
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

/// Pixels that differ; fails where one does outside the mask.
std::int64_t changed_pixels(const Tensor& before, const SyntheticDefect& defect) {
  const std::size_t bytes = before.bytes() / static_cast<std::size_t>(before.dim(0) * before.dim(1));
  const auto* a = static_cast<const std::byte*>(before.raw());
  const auto* b = static_cast<const std::byte*>(defect.image.raw());
  std::int64_t changed = 0;
  for (const std::uint8_t covers : defect.mask.values<std::uint8_t>()) {
    const bool differs = std::memcmp(a, b, bytes) != 0;
    EXPECT_FALSE(differs && covers == 0);
    changed += differs ? 1 : 0;
    a += bytes;
    b += bytes;
  }
  return changed;
}

const Tensor kImages[] = {noise_image<std::uint8_t>({120, 90, 3}, 1), noise_image<std::uint8_t>({64, 64, 1}, 2),
                          noise_image<std::uint16_t>({40, 200, 3}, 3), noise_image<std::uint16_t>({16, 16, 1}, 4),
                          noise_image<std::uint8_t>({16, 300, 3}, 5)};

TEST(SyntheticDefects, ChangeTheImageInsideTheMaskAlone) {
  for (const auto& [name, make] : synthetic_defects())
    for (const Tensor& image : kImages)
      for (std::uint64_t seed = 0; seed < 30; ++seed) {
        Random random(seed);
        const Tensor before = image.clone();
        const SyntheticDefect defect = make(image, random);
        ASSERT_EQ(defect.image.shape(), image.shape());
        ASSERT_EQ(defect.image.dtype(), image.dtype());
        ASSERT_EQ(defect.mask.shape(), (Shape{image.dim(0), image.dim(1)}));
        ASSERT_GT(changed_pixels(image, defect), 0) << name << " seed " << seed;
        ASSERT_TRUE(same_bytes(image, before)) << "the good image was changed";
        for (const std::uint8_t value : defect.mask.values<std::uint8_t>()) ASSERT_TRUE(value == 0 || value == 255);
      }
}

TEST(SyntheticDefects, OfTheSameSeedHaveTheSameBytesAndOfAnotherNot) {
  for (const auto& [name, make] : synthetic_defects()) {
    Random first(7), again(7), other(8);
    const SyntheticDefect a = make(kImages[0], first), b = make(kImages[0], again), c = make(kImages[0], other);
    EXPECT_TRUE(same_bytes(a.image, b.image) && same_bytes(a.mask, b.mask)) << name;
    EXPECT_FALSE(same_bytes(a.image, c.image)) << name;
  }
}

TEST(SyntheticDefects, RefuseWhatIsTooSmallOrNoImage) {
  Random random(1);
  for (const auto& [name, make] : synthetic_defects()) {
    EXPECT_THROW(make(Tensor::zeros({15, 100, 3}, DType::U8), random), Error) << name;
    EXPECT_THROW(make(Tensor::zeros({100, 15, 3}, DType::U8), random), Error) << name;
    EXPECT_THROW(make(Tensor::zeros({100, 100, 2}, DType::U8), random), Error) << name;
    EXPECT_THROW(make(Tensor::zeros({100, 100, 3}), random), Error) << name;
  }
  EXPECT_THROW(perlin_texture(kImages[0], Tensor::zeros({15, 15, 3}, DType::U8), random), Error);
}

TEST(CutPaste, IsARectangleOfTwoToFifteenPercent) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const SyntheticDefect defect = cut_paste(kImages[0], random);
    const auto pixels = static_cast<double>(kImages[0].dim(0) * kImages[0].dim(1));
    const double share = static_cast<double>(covered(defect.mask)) / pixels;
    EXPECT_GT(share, 0.018);
    EXPECT_LT(share, 0.155);
    std::int64_t left = 90, right = -1, top = 120, bottom = -1;
    for (std::int64_t i = 0; i < defect.mask.count(); ++i)
      if (defect.mask.data<std::uint8_t>()[i] != 0) {
        left = std::min(left, i % 90), right = std::max(right, i % 90);
        top = std::min(top, i / 90), bottom = std::max(bottom, i / 90);
      }
    const std::int64_t columns = right - left + 1, rows = bottom - top + 1;
    EXPECT_EQ(columns * rows, covered(defect.mask));
    EXPECT_LT(static_cast<double>(std::max(rows, columns)) / static_cast<double>(std::min(rows, columns)), 3.8);
  }
}

TEST(Scar, IsOneThinPiece) {
  const Tensor image = noise_image<std::uint8_t>({256, 300, 3}, 6);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const SyntheticDefect defect = scar(image, random);
    EXPECT_EQ(label_regions(defect.mask).count, 1);
    EXPECT_GE(covered(defect.mask), 10);
    EXPECT_LE(covered(defect.mask), 27 * 18);
  }
}

TEST(PerlinTexture, CoversOneToFifteenPercent) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const double share = static_cast<double>(covered(perlin_texture(kImages[0], random).mask)) / (120.0 * 90);
    EXPECT_GE(share, 0.009);
    EXPECT_LE(share, 0.16);  // equal values at the threshold
  }
}

TEST(PerlinTexture, TakesTheColoursOfAnotherImage) {
  Random random(3);
  const Tensor black = Tensor::zeros({50, 60, 1}, DType::U8);
  Tensor white({20, 31, 3}, DType::U16);
  std::ranges::fill(white.values<std::uint16_t>(), 65535);
  const SyntheticDefect defect = perlin_texture(black, white, random);
  const std::uint8_t* image = defect.image.data<std::uint8_t>();
  const auto brightest = *std::max_element(image, image + 3000);
  EXPECT_GE(brightest, 25);  // opacity 0.1 at least
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(image[i], defect.mask.data<std::uint8_t>()[i] != 0 ? brightest : 0);
}

TEST(PerlinNoise, VanishesAtTheCornersOfItsCellsAndIsSmooth) {
  Random random(4);
  const Tensor noise = perlin_noise(64, 96, 4, 3, random);
  float largest = 0, steepest = 0;
  for (std::int64_t y = 0; y < 64; ++y)
    for (std::int64_t x = 0; x < 96; ++x) {
      const float value = noise.data<float>()[y * 96 + x];
      if (y % 16 == 0 && x % 32 == 0) {
        EXPECT_EQ(value, 0);
      }
      largest = std::max(largest, std::abs(value));
      if (x > 0) steepest = std::max(steepest, std::abs(value - noise.data<float>()[y * 96 + x - 1]));
    }
  EXPECT_GT(largest, 0.2F);
  EXPECT_LT(largest, 1.0F);
  EXPECT_LT(steepest, 0.12F);
}

}  // namespace
}  // namespace vigie

#include "vigie/demo/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace vigie::demo {
namespace {

constexpr std::int64_t kSize = 64;

std::vector<std::uint8_t> bytes_of(const Tensor& image) {
  const auto values = image.values<std::uint8_t>();
  return {values.begin(), values.end()};
}

double mean_difference(const Tensor& a, const Tensor& b) {
  double sum = 0;
  const auto x = a.values<std::uint8_t>();
  const auto y = b.values<std::uint8_t>();
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::abs(x[i] - y[i]);
  return sum / static_cast<double>(x.size());
}

// The region that a part, its burrs and its shadow stay in, scene units.
bool may_hold_defects(const Product& product, Vec2 p) {
  if (product.name == "turned_part") return length(p) < 0.95F;  // a chip also moves the shadow beside the rim
  if (product.name == "circuit_board") return std::max(std::abs(p.x), std::abs(p.y)) < 0.98F;
  return true;
}

TEST(DemoProducts, KnowAtLeastFiveDistinctDefects) {
  ASSERT_GE(all_products().size(), 3U);
  for (const Product& product : all_products())
    EXPECT_GE(std::set<std::string>(product.defects.begin(), product.defects.end()).size(), 5U) << product.name;
}

TEST(DemoProducts, EveryGoodPartIsDifferent) {
  for (const Product& product : all_products()) {
    std::vector<Tensor> parts;
    for (std::uint64_t seed = 0; seed < 4; ++seed) parts.push_back(draw_image(product, "good", seed, kSize).image);
    for (std::size_t i = 0; i < parts.size(); ++i)
      for (std::size_t j = i + 1; j < parts.size(); ++j)
        EXPECT_GT(mean_difference(parts[i], parts[j]), 3.0) << product.name << " " << i << " " << j;
  }
}

TEST(DemoProducts, GoodPartsHaveAnEmptyMask) {
  for (const Product& product : all_products())
    EXPECT_THAT(draw_image(product, "good", 5, kSize).mask.values<std::uint8_t>(), testing::Each(0));
}

TEST(DemoProducts, ADefectChangesThePartInsideItsMaskAndNowhereElse) {
  for (const Product& product : all_products())
    for (const std::string& defect : product.defects)
      for (std::uint64_t seed = 20; seed < 22; ++seed) {
        const LabelledImage good = draw_image(product, "good", seed, kSize);
        const LabelledImage bad = draw_image(product, defect, seed, kSize);
        const auto a = bytes_of(good.image);
        const auto b = bytes_of(bad.image);
        const auto mask = bytes_of(bad.mask);
        std::int64_t changed = 0;
        std::int64_t marked = 0;
        std::int64_t outside = 0;
        for (std::size_t i = 0; i < mask.size(); ++i) {
          const bool differs = !std::equal(&a[3 * i], &a[3 * i] + 3, &b[3 * i]);
          changed += differs && mask[i] != 0;
          marked += mask[i] != 0;
          outside += differs && mask[i] == 0;
        }
        EXPECT_EQ(outside, 0) << product.name << " " << defect << " " << seed;
        EXPECT_GE(marked, kSmallestMask) << product.name << " " << defect << " " << seed;
        EXPECT_GT(changed, marked * 3 / 4) << product.name << " " << defect << " " << seed;
      }
}

TEST(DemoProducts, MasksLieOnThePartAndCoverLittleOfIt) {
  for (const Product& product : all_products())
    for (const std::string& defect : product.defects)
      for (std::uint64_t seed = 40; seed < 43; ++seed) {
        const auto mask = bytes_of(draw_image(product, defect, seed, kSize).mask);
        std::int64_t marked = 0;
        for (std::int64_t i = 0; i < kSize * kSize; ++i) {
          if (mask[static_cast<std::size_t>(i)] == 0) continue;
          ++marked;
          const Vec2 p{2.0F * static_cast<float>(i % kSize) / kSize - 1,
                       2.0F * static_cast<float>(i / kSize) / kSize - 1};
          EXPECT_TRUE(may_hold_defects(product, p))
              << product.name << " " << defect << " " << seed << ": " << p.x << " " << p.y;
        }
        EXPECT_LT(marked, kSize * kSize / 4) << product.name << " " << defect << " " << seed;
      }
}

/// The mean of every 2x2 pixels.
Tensor halved(const Tensor& image) {
  const std::int64_t size = image.dim(0) / 2;
  Tensor half({size, size, 3}, DType::U8);
  const std::uint8_t* in = image.data<std::uint8_t>();
  std::uint8_t* out = half.data<std::uint8_t>();
  for (std::int64_t y = 0; y < size; ++y)
    for (std::int64_t x = 0; x < size; ++x)
      for (std::int64_t c = 0; c < 3; ++c) {
        const std::uint8_t* corner = in + (2 * y * 2 * size + 2 * x) * 3 + c;
        *out++ = static_cast<std::uint8_t>((corner[0] + corner[3] + corner[6 * size] + corner[6 * size + 3]) / 4);
      }
  return half;
}

TEST(DemoProducts, TheSameSceneIsDrawnAtEverySize) {
  for (const Product& product : all_products()) {
    const Tensor small = draw_image(product, "good", 9, 64).image;
    const Tensor same = halved(draw_image(product, "good", 9, 128).image);
    const Tensor other = halved(draw_image(product, "good", 10, 128).image);
    EXPECT_LT(mean_difference(small, same), 0.7 * mean_difference(small, other)) << product.name;
  }
}

TEST(DemoProducts, NoDefectTypeIsEverInvisibleAtTheSmallestSize) {
  for (const Product& product : all_products())
    for (const std::string& defect : product.defects)
      for (std::uint64_t seed = 100; seed < 104; ++seed)
        EXPECT_NO_THROW(draw_image(product, defect, seed, 64)) << defect;
}

}  // namespace
}  // namespace vigie::demo

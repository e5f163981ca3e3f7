#include "vigie/backbones/filters.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "vigie/backbones/gabor.h"
#include "vigie/core/random.h"
#include "vigie/engine/engine.h"

namespace vigie {
namespace {

Engine filters_engine() {
  return Engine(load_backbone("filters", {"layer1", "layer2", "layer3", "pool"}).network);
}

/// ImageNet-normalised [1 n n 3] from a grey value per pixel.
template <typename Grey>
Tensor grey_image(std::int64_t n, Grey grey) {
  constexpr float mean[3] = {0.485F, 0.456F, 0.406F};
  constexpr float deviation[3] = {0.229F, 0.224F, 0.225F};
  Tensor image({1, n, n, 3});
  float* at = image.data<float>();
  for (std::int64_t y = 0; y < n; ++y) {
    for (std::int64_t x = 0; x < n; ++x) {
      for (int c = 0; c < 3; ++c) *at++ = (static_cast<float>(grey(x, y)) - mean[c]) / deviation[c];
    }
  }
  return image;
}

/// Faint, so that tanh does not saturate.
Tensor grating(std::int64_t n, double angle, double wavelength) {
  return grey_image(n, [=](std::int64_t x, std::int64_t y) {
    const double across = std::cos(angle) * x + std::sin(angle) * y;
    return 0.5 + 0.005 * std::cos(2.0 * std::numbers::pi * across / wavelength);
  });
}

constexpr std::int64_t kMargin = 6;  ///< cells of layer1 that the image's border reaches

/// Sum of every channel over the inner cells of a map [1 h w C].
std::vector<double> inner_sums(const Tensor& map) {
  std::vector<double> sums(map.dim(3), 0.0);
  for (std::int64_t y = kMargin; y < map.dim(1) - kMargin; ++y) {
    for (std::int64_t x = kMargin; x < map.dim(2) - kMargin; ++x) {
      for (std::int64_t c = 0; c < map.dim(3); ++c) sums[c] += map.data<float>()[(y * map.dim(2) + x) * map.dim(3) + c];
    }
  }
  return sums;
}

std::int64_t strongest(const std::vector<double>& values, std::int64_t begin, std::int64_t end) {
  return std::max_element(values.begin() + begin, values.begin() + end) - values.begin() - begin;
}

TEST(Gabor, IsBalancedAndNormalised) {
  for (const bool odd : {false, true}) {
    for (int k = 0; k < 8; ++k) {
      double sum = 0.0, norm = 0.0;
      for (const float value : gabor({.angle = k * std::numbers::pi / 8, .odd = odd})) {
        sum += value;
        norm += std::abs(value);
      }
      EXPECT_NEAR(sum, 0.0, 1e-6);
      EXPECT_NEAR(norm, 1.0, 1e-6);
    }
  }
}

TEST(Gabor, BinomialIsPascalsTriangle) {
  const std::vector<float> filter = binomial(5);
  EXPECT_FLOAT_EQ(filter[12], 36.0F / 256.0F);
  EXPECT_FLOAT_EQ(filter[0], 1.0F / 256.0F);
}

TEST(Filters, AGratingAnswersMostInItsDirectionAndScale) {
  const Engine engine = filters_engine();
  for (int scale : {0, 1}) {
    for (int k = 0; k < 8; ++k) {
      const double wavelength = scale == 0 ? 5.0 : 10.0;
      const std::vector<double> sums = inner_sums(engine.run(grating(128, k * std::numbers::pi / 8, wavelength))[0]);
      for (int kind = 0; kind < 3; ++kind) {  // bright lines, dark lines, edges
        const int begin = 32 * scale + 8 * kind;
        EXPECT_EQ(strongest(sums, begin, begin + 8), k) << "scale " << scale << " kind " << kind;
      }
      EXPECT_GT(sums[32 * scale + 16 + k], sums[32 * (1 - scale) + 16 + k]) << "the other scale answers less";
    }
  }
}

TEST(Filters, AFlatImageHasColourAndNothingElse) {
  const Tensor layer1 = filters_engine().run(grey_image(128, [](auto, auto) { return 0.8; }))[0];
  const std::vector<double> sums = inner_sums(layer1);
  const double cells = static_cast<double>((layer1.dim(1) - 2 * kMargin) * (layer1.dim(2) - 2 * kMargin));
  for (int c = 0; c < 64; ++c) EXPECT_NEAR(sums[c] / cells, 0.0, 1e-4) << c;
  EXPECT_GT(sums[64] / cells, 0.1);  // brighter than the mean of ImageNet
}

TEST(Filters, ATintMovesTheColourChannels) {
  Tensor image = grey_image(128, [](auto, auto) { return 0.5; });
  for (std::int64_t i = 0; i < image.count(); i += 3) image.data<float>()[i] += 0.2F / 0.229F;  // more red
  const std::vector<double> grey = inner_sums(filters_engine().run(grey_image(128, [](auto, auto) { return 0.5; }))[0]);
  const std::vector<double> red = inner_sums(filters_engine().run(image)[0]);
  EXPECT_GT(red[65], grey[65] + 10.0);  // red-green
  EXPECT_LT(red[66], grey[66]);         // less blue
}

TEST(Filters, TheFastEngineAgreesWithTheReference) {
  const nn::Network network = load_backbone("filters", {"layer1", "layer2", "layer3", "pool"}).network;
  Random random(5);
  Tensor image({2, 50, 67, 3});
  for (float& value : image.values<float>()) value = static_cast<float>(random.normal());
  const std::vector<Tensor> fast = Engine(network).run(image);
  const std::vector<Tensor> slow = run_reference(network, image);
  for (std::size_t i = 0; i < fast.size(); ++i) {
    ASSERT_EQ(fast[i].shape(), slow[i].shape());
    for (std::int64_t j = 0; j < fast[i].count(); ++j) {
      ASSERT_TRUE(std::isfinite(fast[i].data<float>()[j]));
      ASSERT_NEAR(fast[i].data<float>()[j], slow[i].data<float>()[j], 1e-4);
    }
  }
}

TEST(Filters, WeightsAreTheSameAtEveryCallAndFitTheGraph) {
  const TensorMap first = filters_weights();
  const TensorMap second = filters_weights();
  const auto shapes = nn::parameter_shapes(filters_graph());
  ASSERT_EQ(first.size(), shapes.size());
  for (const auto& [name, tensor] : first) {
    EXPECT_EQ(tensor.shape(), shapes.at(name)) << name;
    EXPECT_EQ(std::memcmp(tensor.raw(), second.at(name).raw(), tensor.bytes()), 0) << name;
  }
}

TEST(Filters, CostsLessThanHalfAGigaflop) {
  EXPECT_LT(nn::flops_of(filters_graph(), {1, 224, 224, 3}), 0.5e9);
}

}  // namespace
}  // namespace vigie

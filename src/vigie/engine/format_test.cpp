#include "vigie/engine/format.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "vigie/engine/magnitude_histogram.h"
#include "vigie/engine/quantise_weight.h"
#include "vigie/engine/test_networks.h"

namespace vigie::engine {
namespace {

using testing::ElementsAre;

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(Convert, RoundsToNearestEvenAndSaturates) {
  const std::vector<float> x = {0, 0.24F, 0.25F, 0.75F, 1.25F, 63.6F, 1e9F, kInf, -0.3F, -1e9F, -kInf};
  std::vector<std::uint8_t> u(x.size());
  convert(x.data(), {}, u.data(), {ElementType::U8, 0.5F}, 11);
  EXPECT_THAT(u, ElementsAre(0, 0, 0, 2, 2, 127, 255, 255, 0, 0, 0));
  std::vector<std::int8_t> s(x.size());
  convert(x.data(), {}, s.data(), {ElementType::S8, 0.5F}, 11);
  EXPECT_THAT(s, ElementsAre(0, 0, 0, 2, 2, 127, 127, 127, -1, -127, -127));
}

TEST(Convert, KeepsEveryIntegerThroughTheRealNumbers) {
  for (const Format format : {Format{ElementType::U8, 0.037F}, Format{ElementType::S8, 1.7F}}) {
    std::vector<std::uint8_t> elements(256), back(256);
    for (int i = 0; i < 256; ++i) elements[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i == 128 ? 0 : i);
    std::vector<float> real(256);
    convert(elements.data(), format, real.data(), {}, 256);
    convert(real.data(), {}, back.data(), format, 256);
    EXPECT_EQ(back, elements);
  }
}

TEST(Convert, Bf16RoundsToNearestEvenAndKeepsWhatIsNotFinite) {
  const std::vector<float> x = {1, 1.00390625F, 1.01171875F, -3.14159F, kInf, -kInf, 0, std::nanf("")};
  std::vector<Bf16> y(8);
  std::vector<float> back(8);
  convert(x.data(), {}, y.data(), {ElementType::BF16}, 8);
  convert(y.data(), {ElementType::BF16}, back.data(), {}, 8);
  EXPECT_THAT(std::vector(back.begin(), back.end() - 1), ElementsAre(1, 1, 1.015625F, -3.140625F, kInf, -kInf, 0));
  EXPECT_TRUE(std::isnan(back[7]));
}

TEST(Convert, GivesTheSameInParallel) {
  const Tensor x = random_tensor({100003}, 3);
  std::vector<std::uint8_t> whole(100003), part(100003);
  const Format format{ElementType::U8, 0.01F};
  convert(x.raw(), {}, whole.data(), format, 100003);
  for (std::int64_t i = 0; i < 100003; i += 1000)
    convert(x.data<float>() + i, {}, part.data() + i, format, std::min<std::int64_t>(1000, 100003 - i));
  EXPECT_EQ(whole, part);
}

/// Largest error in steps, and the largest sum of errors over an output channel.
std::pair<double, double> rounding_errors(const Tensor& weight, int out_axis) {
  const QuantisedWeight quantised = quantise_weight(weight, out_axis);
  const Tensor back = dequantised(quantised, out_axis);
  std::vector<double> sums(quantised.scales.size(), 0.0);
  double largest = 0;
  std::int64_t inner = 1;
  for (std::size_t a = static_cast<std::size_t>(out_axis) + 1; a < weight.shape().size(); ++a)
    inner *= weight.shape()[a];
  for (std::int64_t i = 0; i < weight.count(); ++i) {
    const auto channel = static_cast<std::size_t>(i / inner) % sums.size();
    const double error =
        (static_cast<double>(back.data<float>()[i]) - weight.data<float>()[i]) / quantised.scales[channel];
    sums[channel] += error;
    largest = std::max(largest, std::abs(error));
  }
  for (double& sum : sums) sum = std::abs(sum);
  return {largest, *std::ranges::max_element(sums)};
}

TEST(QuantiseWeight, ErrorsOfAChannelAddUpToNearlyNothing) {
  for (const int out_axis : {0, 1}) {
    Tensor weight = random_tensor({16, 24, 3, 3}, 4);
    for (float& x : weight.values<float>()) x += 0.3F;
    const auto [largest, sum] = rounding_errors(weight, out_axis);
    EXPECT_LT(largest, 1.5);
    EXPECT_LT(sum, 0.51);
  }
}

TEST(QuantiseWeight, ChannelsOfZerosStayZeros) {
  Tensor weight = random_tensor({3, 4}, 4);
  for (int i = 4; i < 8; ++i) weight.data<float>()[i] = 0;
  const QuantisedWeight quantised = quantise_weight(weight, 0);
  const Tensor back = dequantised(quantised, 0);
  for (int i = 4; i < 8; ++i) EXPECT_EQ(back.data<float>()[i], 0);
  for (const float scale : quantised.scales) EXPECT_GT(scale, 0);
  EXPECT_GT(quantise_weight(Tensor::zeros({3, 4}), 0).scales[0], 0);
}

TEST(MagnitudeHistogram, TheOrderOfBatchesDoesNotMatterMuch) {
  const Tensor small = random_tensor({20000}, 1, 0.1), large = random_tensor({20000}, 2, 3);
  MagnitudeHistogram up, down;
  EXPECT_TRUE(up.add(small.values<float>()) && up.add(large.values<float>()));
  EXPECT_TRUE(down.add(large.values<float>()) && down.add(small.values<float>()));
  EXPECT_EQ(up.largest(), down.largest());
  EXPECT_NEAR(up.percentile(99), down.percentile(99), 0.02);
  EXPECT_NEAR(up.least_error_bound(127) / down.least_error_bound(127), 1, 0.05);
}

TEST(MagnitudeHistogram, ClipsALonelyOutlierButNotAUniformCrowd) {
  MagnitudeHistogram crowd;
  std::vector<float> x(10000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i + 1) / 10000;
  EXPECT_TRUE(crowd.add(x));
  EXPECT_GT(crowd.least_error_bound(127), 0.98);
  EXPECT_NEAR(crowd.percentile(50), 0.5, 0.001);
  x.push_back(3);
  MagnitudeHistogram lonely;
  EXPECT_TRUE(lonely.add(x));
  EXPECT_LT(lonely.least_error_bound(7), 1.6);
}

TEST(MagnitudeHistogram, RefusesWhatIsNotFinite) {
  MagnitudeHistogram histogram;
  EXPECT_FALSE(histogram.add(std::vector<float>{1, kInf}));
  EXPECT_FALSE(histogram.add(std::vector<float>{std::nanf(""), 1}));
  EXPECT_TRUE(histogram.add(std::vector<float>{0, 0}));
  EXPECT_EQ(histogram.largest(), 0);
}

}  // namespace
}  // namespace vigie::engine

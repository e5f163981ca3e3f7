#include "vigie/imaging/colour.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vigie {
namespace {

double linear(std::uint8_t byte) {
  const double v = byte / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

/// sRGB -> L*a*b*, the inverse of what makes the table.
std::array<double, 3> lab_of(const Rgb& colour) {
  const double r = linear(colour[0]), g = linear(colour[1]), b = linear(colour[2]);
  const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : t * 841 / 108 + 4.0 / 29; };
  const double x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const double y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const double z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

TEST(HeatColours, RiseInLightnessFromNearBlackToAFullOrange) {
  const auto& colours = heat_colours();
  EXPECT_LT(lab_of(colours[0])[0], 5);
  const auto hottest = lab_of(colours[255]);
  EXPECT_NEAR(hottest[0], 69, 2);
  EXPECT_GT(std::hypot(hottest[1], hottest[2]), 75);  // far from white, grey and black
  for (std::size_t i = 8; i < 256; i += 8) EXPECT_GT(lab_of(colours[i])[0], lab_of(colours[i - 8])[0] + 1) << i;
}

TEST(HeatColours, LieAtEqualPerceptualDistances) {
  const auto& colours = heat_colours();
  std::vector<double> steps;
  for (std::size_t i = 16; i < 256; i += 16) {
    const auto p = lab_of(colours[i - 16]), q = lab_of(colours[i]);
    steps.push_back(std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  const auto [least, most] = std::minmax_element(steps.begin(), steps.end());
  EXPECT_LT(*most / *least, 1.25);
}

TEST(HeatMap, ClipsAndDrawsNanAsLow) {
  const Tensor map = Tensor::from({1, 5}, std::vector<float>{-1, 2, 3, 9, std::nanf("")});
  const Tensor out = heat_map(map, 2, 4);
  const std::size_t levels[] = {0, 0, 128, 255, 0};
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(out.data<std::uint8_t>()[i * 3 + c], heat_colours()[levels[i]][c]);
}

TEST(ToRgb8, TakesGreyAndSixteenBits) {
  Tensor deep({1, 2, 1}, DType::U16);
  deep.data<std::uint16_t>()[0] = 65535;
  deep.data<std::uint16_t>()[1] = 257 * 100 + 129;
  const Tensor out = to_rgb8(deep);
  EXPECT_EQ(out.shape(), (Shape{1, 2, 3}));
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ(out.data<std::uint8_t>()[c], 255);
    EXPECT_EQ(out.data<std::uint8_t>()[3 + c], 101);
  }
  EXPECT_THROW(to_rgb8(Tensor::zeros({2, 2, 4}, DType::U8)), Error);
}

TEST(HeatOverlay, LeavesTheColdAsItIsAndColoursTheHotOnBrightAndDarkParts) {
  const Tensor map = Tensor::from({1, 3}, std::vector<float>{0, 0.5F, 1});
  for (const std::uint8_t grey : {0, 128, 255}) {
    Tensor image = Tensor::zeros({1, 3, 1}, DType::U8);
    for (auto& value : image.values<std::uint8_t>()) value = grey;
    const Tensor out = heat_overlay(image, map, 0, 1);
    const std::uint8_t* pixel = out.data<std::uint8_t>();
    const auto part = lab_of({grey, grey, grey});
    for (int c = 0; c < 3; ++c) EXPECT_EQ(pixel[c], grey);
    for (int hot = 1; hot < 3; ++hot) {
      const auto shown = lab_of({pixel[hot * 3], pixel[hot * 3 + 1], pixel[hot * 3 + 2]});
      EXPECT_GT(std::hypot(shown[1], shown[2]), 30) << int{grey};  // a colour, where the part has none
      EXPECT_GT(std::hypot(shown[0] - part[0], shown[1] - part[1], shown[2] - part[2]), 35) << int{grey};
    }
    EXPECT_EQ(image.data<std::uint8_t>()[2], grey);
  }
  EXPECT_THROW(heat_overlay(Tensor::zeros({2, 3, 3}, DType::U8), map, 0, 1), Error);
  EXPECT_THROW(heat_overlay(Tensor::zeros({1, 3, 3}, DType::U8), map, 1, 0), Error);
}

TEST(DrawContour, SurroundsTheRegionAndSparesIt) {
  Tensor mask = Tensor::zeros({9, 9}, DType::U8);
  for (std::int64_t y = 3; y < 6; ++y)
    for (std::int64_t x = 0; x < 3; ++x) mask.data<std::uint8_t>()[y * 9 + x] = 255;
  const Tensor image = Tensor::zeros({9, 9, 1}, DType::U8);
  const Tensor out = draw_contour(image, mask, {255, 0, 0});
  for (std::int64_t y = 0; y < 9; ++y)
    for (std::int64_t x = 0; x < 9; ++x) {
      const bool near = y >= 2 && y <= 6 && x <= 3, inside = y >= 3 && y <= 5 && x <= 2;
      EXPECT_EQ(out.data<std::uint8_t>()[(y * 9 + x) * 3], near && !inside ? 255 : 0) << y << ' ' << x;
    }
}

TEST(DrawContour, IsThickerOnLargeImages) {
  Tensor mask = Tensor::zeros({1024, 1024}, DType::U8);
  mask.data<std::uint8_t>()[500 * 1024 + 500] = 1;
  const Tensor out = draw_contour(Tensor::zeros({1024, 1024, 3}, DType::U8), mask, {9, 9, 9});
  const auto values = out.values<std::uint8_t>();
  EXPECT_EQ(std::count(values.begin(), values.end(), 9), 3 * (9 * 9 - 1));
}

}  // namespace
}  // namespace vigie

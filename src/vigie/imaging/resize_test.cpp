#include "vigie/imaging/resize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/imaging/resize_window.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

/// One pixel of an antialiased resize along one axis, straight from the definition.
double triangle_sample(const std::vector<double>& line, std::int64_t out, std::int64_t x, bool fixed_point) {
  const auto in = static_cast<std::int64_t>(line.size());
  const double scale = static_cast<double>(in) / static_cast<double>(out), half = std::max(scale, 1.0);
  const double center = (static_cast<double>(x) + 0.5) * scale;
  double weight_sum = 0;
  for (std::int64_t i = 0; i < in; ++i)
    weight_sum += std::max(0.0, 1 - std::abs(static_cast<double>(i) + 0.5 - center) / half);
  double sum = fixed_point ? 0.5 : 0;
  for (std::int64_t i = 0; i < in; ++i) {
    const double weight = std::max(0.0, 1 - std::abs(static_cast<double>(i) + 0.5 - center) / half) / weight_sum;
    sum += line[static_cast<std::size_t>(i)] * (fixed_point ? std::floor(weight * 4194304 + 0.5) / 4194304 : weight);
  }
  return fixed_point ? std::clamp(std::floor(sum), 0.0, 255.0) : sum;
}

/// [H W C] as doubles, resized along the columns, then transposed so that a second call does the rows.
using Plane = std::vector<std::vector<double>>;
Plane resized_and_transposed(const Plane& plane, std::int64_t width, bool fixed_point) {
  Plane out(static_cast<std::size_t>(width), std::vector<double>(plane.size()));
  for (std::size_t y = 0; y < plane.size(); ++y)
    for (std::size_t x = 0; x < out.size(); ++x)
      out[x][y] = triangle_sample(plane[y], width, static_cast<std::int64_t>(x), fixed_point);
  return out;
}

template <typename T>
double largest_difference(const Tensor& image, const Tensor& resized, bool fixed_point) {
  const std::int64_t channels = image.dim(2), height = resized.dim(0), width = resized.dim(1);
  double worst = 0;
  for (std::int64_t c = 0; c < channels; ++c) {
    Plane plane(static_cast<std::size_t>(image.dim(0)));
    for (std::int64_t i = 0; i < image.dim(0) * image.dim(1); ++i)
      plane[static_cast<std::size_t>(i / image.dim(1))].push_back(image.data<T>()[i * channels + c]);
    const Plane wanted = resized_and_transposed(resized_and_transposed(plane, width, fixed_point), height, fixed_point);
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x)
        worst = std::max(worst, std::abs(wanted[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] -
                                         resized.data<T>()[(y * width + x) * channels + c]));
  }
  return worst;
}

const Shape kShapes[] = {{37, 53, 3}, {64, 40, 1}, {9, 200, 3}, {30, 31, 4}, {12, 12, 2}};
const std::pair<std::int64_t, std::int64_t> kTargets[] = {{16, 16}, {37, 20}, {80, 97}, {11, 53}, {1, 1}};

TEST(ResizeAntialiased, EqualsItsDefinitionInFixedPointToTheBit) {
  for (const Shape& shape : kShapes) {
    const Tensor image = noise_image<std::uint8_t>(shape, 7);
    for (const auto& [height, width] : kTargets)
      EXPECT_EQ(largest_difference<std::uint8_t>(image, resize_antialiased(image, height, width), true), 0)
          << to_string(shape) << " to " << height << "x" << width;
  }
}

TEST(ResizeAntialiased, IsWithinARoundingOfItsDefinitionInFloatingPoint) {
  for (const Shape& shape : kShapes) {
    const Tensor real = noise_image<float>(shape, 7), deep = noise_image<std::uint16_t>(shape, 8);
    for (const auto& [height, width] : kTargets) {
      EXPECT_LT(largest_difference<float>(real, resize_antialiased(real, height, width), false), 1e-6);
      EXPECT_LT(largest_difference<std::uint16_t>(deep, resize_antialiased(deep, height, width), false), 0.52);
    }
  }
}

TEST(ResizeAntialiased, OfTheSameSizeIsACopy) {
  const Tensor image = noise_image<std::uint8_t>({5, 6, 3}, 1);
  Tensor same = resize_antialiased(image, 5, 6);
  EXPECT_EQ(largest_difference<std::uint8_t>(image, same, true), 0);
  EXPECT_NE(same.raw(), image.raw());
}

template <typename T>
void expect_part_of_whole(const Tensor& image, const ResizeWindow& window) {
  const Tensor whole = resize_antialiased(image, window.full_height, window.full_width);
  const Tensor part = resize_antialiased(image, window);
  ASSERT_EQ(part.shape(), (Shape{window.height, window.width, 3}));
  for (std::int64_t y = 0; y < window.height; ++y)
    for (std::int64_t i = 0; i < 3 * window.width; ++i)
      ASSERT_NEAR(part.data<T>()[y * window.width * 3 + i],
                  whole.data<T>()[((y + window.top) * window.full_width + window.left) * 3 + i],
                  sizeof(T) == 1 ? 0 : 1);
}

TEST(ResizeAntialiased, ComputesAWindowAsThatPartOfTheWhole) {
  // Smaller, larger, and of the same height, width or both: then a pass is left out.
  for (const auto& [height, width] :
       {std::pair(24, 40), {90, 120}, {61, 40}, {24, 83}, {61, 83}, {61, 120}, {90, 83}}) {
    for (const ResizeWindow& window :
         {ResizeWindow{height, width, 5, 7, 11, 20}, ResizeWindow{height, width, 0, 0, 11, width},
          ResizeWindow{height, width, 0, 7, height, 20}}) {
      expect_part_of_whole<std::uint8_t>(noise_image<std::uint8_t>({61, 83, 3}, 3), window);
      expect_part_of_whole<std::uint16_t>(noise_image<std::uint16_t>({61, 83, 3}, 4), window);
    }
  }
}

TEST(ResizeAntialiased, RefusesWhatIsNotAnImage) {
  EXPECT_THROW(resize_antialiased(Tensor::zeros({0, 4, 3}, DType::U8), 2, 2), Error);
  EXPECT_THROW(resize_antialiased(Tensor::zeros({4}, DType::U8), 2, 2), Error);
  EXPECT_THROW(resize_antialiased(Tensor::zeros({4, 4, 3}, DType::U8), 0, 2), Error);
  EXPECT_THROW(resize_antialiased(Tensor::zeros({4, 4, 3}, DType::I32), 2, 2), Error);
}

TEST(ResizeNearest, TakesThePixelUnderTheCentre) {
  const Tensor image = Tensor::from({1, 6}, std::vector<float>{0, 1, 2, 3, 4, 5});
  const Tensor small = resize_nearest(image, 1, 2), large = resize_nearest(image, 2, 12);
  EXPECT_EQ(small.data<float>()[0], 1);
  EXPECT_EQ(small.data<float>()[1], 4);
  for (std::int64_t x = 0; x < 12; ++x) EXPECT_EQ(large.data<float>()[12 + x], static_cast<float>(x / 2));
}

TEST(ResizeNearest, KeepsThePixelsOfEveryTypeWhole) {
  const Tensor image = noise_image<std::uint16_t>({7, 5, 3}, 2);
  const Tensor large = resize_nearest(image, 14, 15);
  for (std::int64_t y = 0; y < 14; ++y)
    for (std::int64_t x = 0; x < 15; ++x)
      for (std::int64_t c = 0; c < 3; ++c)
        ASSERT_EQ(large.data<std::uint16_t>()[(y * 15 + x) * 3 + c],
                  image.data<std::uint16_t>()[(y / 2 * 5 + x / 3) * 3 + c]);
}

double bilinear_at(const Tensor& map, double y, double x, std::int64_t c) {
  y = std::max(y, 0.0);
  x = std::max(x, 0.0);
  const std::int64_t channels = map.rank() == 3 ? map.dim(2) : 1;
  const auto value = [&](std::int64_t row, std::int64_t column) {
    return map
        .data<float>()[(std::min(row, map.dim(0) - 1) * map.dim(1) + std::min(column, map.dim(1) - 1)) * channels + c];
  };
  const auto top = static_cast<std::int64_t>(y), left = static_cast<std::int64_t>(x);
  const double v = y - static_cast<double>(top), u = x - static_cast<double>(left);
  return (1 - v) * ((1 - u) * value(top, left) + u * value(top, left + 1)) +
         v * ((1 - u) * value(top + 1, left) + u * value(top + 1, left + 1));
}

TEST(ResizeBilinear, EqualsItsDefinition) {
  for (const Shape& shape : {Shape{7, 9}, Shape{28, 28, 1}, Shape{5, 6, 17}, Shape{1, 1, 4}})
    for (const auto& [height, width] : kTargets) {
      const Tensor map = noise_image<float>(shape, 5);
      const Tensor out = resize_bilinear(map, height, width);
      const std::int64_t channels = shape.size() == 3 ? shape[2] : 1;
      for (std::int64_t i = 0; i < out.count(); ++i) {
        const double y = (static_cast<double>(i / channels / width) + 0.5) * static_cast<double>(shape[0]) /
                             static_cast<double>(height) -
                         0.5;
        const double x = (static_cast<double>(i / channels % width) + 0.5) * static_cast<double>(shape[1]) /
                             static_cast<double>(width) -
                         0.5;
        ASSERT_NEAR(out.data<float>()[i], bilinear_at(map, y, x, i % channels), 2e-5);
      }
    }
}

TEST(ResizeBilinear, EqualsItsDefinitionAtEverySize) {
  for (std::int64_t in = 1; in <= 33; in += 4)
    for (std::int64_t out = 1; out <= 130; ++out) {
      const Tensor map = noise_image<float>({3, in}, 6);
      const Tensor resized = resize_bilinear(map, 3, out);
      for (std::int64_t i = 0; i < resized.count(); ++i) {
        const double x =
            (static_cast<double>(i % out) + 0.5) * static_cast<double>(in) / static_cast<double>(out) - 0.5;
        ASSERT_NEAR(resized.data<float>()[i], bilinear_at(map, static_cast<double>(i / out), x, 0), 2e-5)
            << in << " to " << out;
      }
    }
}

TEST(ResizeBilinear, OfAPlacedMapEqualsThatOfTheWholeToTheBit) {
  const Tensor map = noise_image<float>({20, 30}, 8);
  for (const auto& [top, left] : {std::pair(0, 0), {4, 7}, {10, 14}}) {
    Tensor whole = Tensor::full({30, 44}, -0.75F);
    for (std::int64_t y = 0; y < 20; ++y)
      std::copy_n(map.data<float>() + y * 30, 30, whole.data<float>() + (y + top) * 44 + left);
    for (const auto& [height, width] : {std::pair(95, 151), {30, 44}, {11, 100}}) {
      const Tensor wanted = resize_bilinear(whole, height, width);
      const Tensor out = resize_bilinear_placed(map, {30, 44, top, left, 20, 30}, -0.75F, height, width);
      ASSERT_EQ(out.shape(), wanted.shape());
      for (std::int64_t i = 0; i < out.count(); ++i) ASSERT_EQ(out.data<float>()[i], wanted.data<float>()[i]);
    }
  }
  EXPECT_THROW(resize_bilinear_placed(map, {30, 44, 11, 0, 20, 30}, 0, 50, 50), Error);
  EXPECT_THROW(resize_bilinear_placed(map, {30, 44, 0, 0, 20, 31}, 0, 50, 50), Error);
  EXPECT_THROW(resize_bilinear_placed(map, {30, 44, 0, 0, 20, 30}, 0, 0, 50), Error);
}

TEST(ResizeBilinear, GivesTheNumbersOfTorchInterpolate) {
  const Tensor map = Tensor::from({2, 2}, std::vector<float>{1, 2, 3, 4});
  const Tensor out = resize_bilinear(map, 4, 4);
  const float wanted[] = {1.0F, 1.25F, 1.75F, 2.0F, 1.5F, 1.75F, 2.25F, 2.5F,
                          2.5F, 2.75F, 3.25F, 3.5F, 3.0F, 3.25F, 3.75F, 4.0F};
  for (int i = 0; i < 16; ++i) EXPECT_EQ(out.data<float>()[i], wanted[i]);
}

}  // namespace
}  // namespace vigie

#include "vigie/imaging/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

using Byte = std::uint8_t;
using Colour = std::array<double, 3>;
using ColourMatrix = std::array<Colour, 3>;

constexpr Colour kLuma = {0.299, 0.587, 0.114};  // ITU-R BT.601, as Pillow's "L"

void check(const Tensor& image, std::string_view where) {
  VIGIE_CHECK(image.rank() == 3 && image.dim(2) == 3 && image.dtype() == DType::U8 && !image.empty(), where,
              "an image U8 [H W 3] is needed, got {} {}", name_of(image.dtype()), to_string(image.shape()));
}

Byte rounded(double value) {
  return static_cast<Byte>(std::clamp(value + 0.5, 0.0, 255.0));
}

Tensor cut_out(const Tensor& image, std::int64_t top, std::int64_t left, std::int64_t rows, std::int64_t columns) {
  Tensor part({rows, columns, 3}, DType::U8);
  for (std::int64_t y = 0; y < rows; ++y)
    std::copy_n(image.data<Byte>() + ((top + y) * image.dim(1) + left) * 3, columns * 3,
                part.data<Byte>() + y * columns * 3);
  return part;
}

std::int64_t anywhere(std::int64_t room, Random& random) {
  return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(room + 1)));
}

double mean_grey(const Tensor& image) {
  std::array<std::int64_t, 3> sums{};
  const auto values = image.values<Byte>();
  for (std::size_t i = 0; i < values.size(); ++i) sums[i % 3] += values[i];
  double grey = 0;
  for (std::size_t c = 0; c < 3; ++c) grey += kLuma[c] * static_cast<double>(sums[c]);
  return grey / static_cast<double>(image.count() / 3);
}

/// Saturation, then a turn about the grey axis (Rodrigues' formula). Greys stay as they are.
ColourMatrix colour_matrix(double saturation, double turn) {
  const double angle = 2 * std::numbers::pi * turn, cosine = std::cos(angle), sine = std::sin(angle) / std::sqrt(3.0);
  ColourMatrix result{};
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column)
      for (std::size_t k = 0; k < 3; ++k) {
        const double across = k == row ? 0 : (k == (row + 2) % 3 ? sine : -sine);
        const double turned = (k == row ? cosine : 0) + (1 - cosine) / 3 + across;
        result[row][column] += turned * ((k == column ? saturation : 0) + (1 - saturation) * kLuma[column]);
      }
  return result;
}

Tensor mirrored(const Tensor& image, bool columns, std::string_view where) {
  check(image, where);
  const std::int64_t height = image.dim(0), width = image.dim(1);
  Tensor out(image.shape(), DType::U8);
  Byte* to = out.data<Byte>();
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x, to += 3) {
      const std::int64_t from = columns ? y * width + width - 1 - x : (height - 1 - y) * width + x;
      std::copy_n(image.data<Byte>() + from * 3, 3, to);
    }
  return out;
}

/// The pixel at (x, y), between pixels by bilinear weights, beyond the border the border's.
void sample(const Tensor& image, double x, double y, Byte* pixel) {
  const double inside_x = std::clamp(x, 0.0, static_cast<double>(image.dim(1) - 1));
  const double inside_y = std::clamp(y, 0.0, static_cast<double>(image.dim(0) - 1));
  const auto left = static_cast<std::int64_t>(inside_x), top = static_cast<std::int64_t>(inside_y);
  const std::int64_t right = std::min(left + 1, image.dim(1) - 1), bottom = std::min(top + 1, image.dim(0) - 1);
  const double across = inside_x - static_cast<double>(left), down = inside_y - static_cast<double>(top);
  const Byte* values = image.data<Byte>();
  const auto at = [&](std::int64_t row, std::int64_t column, std::int64_t c) {
    return static_cast<double>(values[(row * image.dim(1) + column) * 3 + c]);
  };
  for (std::int64_t c = 0; c < 3; ++c)
    pixel[c] = rounded((1 - down) * ((1 - across) * at(top, left, c) + across * at(top, right, c)) +
                       down * ((1 - across) * at(bottom, left, c) + across * at(bottom, right, c)));
}

Tensor random_crop(const Tensor& image, const CropRange& range, Random& random) {
  check(image, "random_resized_crop");
  VIGIE_CHECK(0 < range.least_area && range.least_area <= range.most_area && range.most_area <= 1 &&
                  0 < range.least_aspect && range.least_aspect <= range.most_aspect,
              "random_resized_crop", "areas {} ... {} and aspects {} ... {} are no ranges", range.least_area,
              range.most_area, range.least_aspect, range.most_aspect);
  const double area = random.uniform(range.least_area, range.most_area);
  const double aspect = std::exp(random.uniform(std::log(range.least_aspect), std::log(range.most_aspect)));
  const auto side = [](std::int64_t whole, double share) {
    return std::clamp<std::int64_t>(std::llround(static_cast<double>(whole) * share), 1, whole);
  };
  const std::int64_t rows = side(image.dim(0), std::sqrt(area / aspect));
  const std::int64_t columns = side(image.dim(1), std::sqrt(area * aspect));
  const std::int64_t top = anywhere(image.dim(0) - rows, random), left = anywhere(image.dim(1) - columns, random);
  return cut_out(image, top, left, rows, columns);
}

}  // namespace

Tensor random_resized_crop(const Tensor& image, const CropRange& range, Random& random) {
  return resize_antialiased(random_crop(image, range, random), image.dim(0), image.dim(1));
}

Tensor random_resized_crop(const Tensor& image, const CropRange& range, std::int64_t side, Random& random) {
  return resize_antialiased(random_crop(image, range, random), side, side);
}

Tensor colour_jitter(const Tensor& image, const ColourRange& range, Random& random) {
  check(image, "colour_jitter");
  const auto factor = [&](double strength) { return random.uniform(1 - strength, 1 + strength); };
  const double brightness = factor(range.brightness), contrast = factor(range.contrast);
  const double saturation = factor(range.saturation), turn = random.uniform(-range.hue, range.hue);
  const ColourMatrix matrix = colour_matrix(saturation, turn);
  const double shift = brightness * (1 - contrast) * mean_grey(image);
  Tensor out(image.shape(), DType::U8);
  const Byte* from = image.data<Byte>();
  Byte* to = out.data<Byte>();
  for (std::int64_t i = 0; i < image.count(); i += 3)
    for (std::size_t c = 0; c < 3; ++c) {
      const double mixed = matrix[c][0] * from[i] + matrix[c][1] * from[i + 1] + matrix[c][2] * from[i + 2];
      to[i + static_cast<std::int64_t>(c)] = rounded(brightness * contrast * mixed + shift);
    }
  return out;
}

Tensor without_colour(const Tensor& image) {
  check(image, "without_colour");
  Tensor out(image.shape(), DType::U8);
  for (std::int64_t i = 0; i < image.count(); i += 3) {
    const Byte* from = image.data<Byte>() + i;
    std::fill_n(out.data<Byte>() + i, 3, rounded(kLuma[0] * from[0] + kLuma[1] * from[1] + kLuma[2] * from[2]));
  }
  return out;
}

Tensor rotate(const Tensor& image, double degrees) {
  check(image, "rotate");
  const double angle = degrees * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
  const double centre_x = static_cast<double>(image.dim(1) - 1) / 2,
               centre_y = static_cast<double>(image.dim(0) - 1) / 2;
  Tensor out(image.shape(), DType::U8);
  Byte* to = out.data<Byte>();
  for (std::int64_t row = 0; row < image.dim(0); ++row)
    for (std::int64_t column = 0; column < image.dim(1); ++column, to += 3) {
      const double x = static_cast<double>(column) - centre_x, y = static_cast<double>(row) - centre_y;
      sample(image, centre_x + cosine * x - sine * y, centre_y + sine * x + cosine * y, to);
    }
  return out;
}

Tensor flip_horizontal(const Tensor& image) {
  return mirrored(image, true, "flip_horizontal");
}

Tensor flip_vertical(const Tensor& image) {
  return mirrored(image, false, "flip_vertical");
}

Tensor add_noise(const Tensor& image, double sigma, Random& random) {
  check(image, "add_noise");
  VIGIE_CHECK(sigma >= 0, "add_noise", "the deviation must not be negative, got {}", sigma);
  Tensor out(image.shape(), DType::U8);
  const Byte* from = image.data<Byte>();
  for (Byte& value : out.values<Byte>()) value = rounded(*from++ + 255 * sigma * random.normal());
  return out;
}

}  // namespace vigie

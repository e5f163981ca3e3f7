#include "vigie/imaging/colour.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace vigie {

namespace {

void check_same_size(const Tensor& image, const Tensor& other, std::string_view where, std::string_view what) {
  VIGIE_CHECK(image.dim(0) == other.dim(0) && image.dim(1) == other.dim(1), where,
              "the image is {}x{} and the {} {}x{}", image.dim(1), image.dim(0), what, other.dim(1), other.dim(0));
}

template <typename T>
void copy_as_rgb8(const Tensor& image, std::int64_t channels, std::uint8_t* target) {
  const T* source = image.data<T>();
  const std::int64_t pixels = image.dim(0) * image.dim(1);
  for (std::int64_t i = 0; i < pixels; ++i, source += channels, target += 3) {
    for (int c = 0; c < 3; ++c) {
      const int value = source[channels == 1 ? 0 : c];
      target[c] = static_cast<std::uint8_t>(sizeof(T) == 1 ? value : (value + 128) / 257);  // 65535 = 255 · 257
    }
  }
}

constexpr int kMostHeat = 160;  ///< of 256: the part stays visible below the hottest colour

void check_heat(std::string_view where, const Tensor& map, float low, float high) {
  VIGIE_CHECK(map.rank() == 2, where, "a map [H W] is needed, got {}", to_string(map.shape()));
  VIGIE_CHECK(std::isfinite(low) && std::isfinite(high) && low <= high, where, "range {} … {} is not a range", low,
              high);
}

/// Index of a value's colour.
std::size_t heat_level(float value, float low, float high) {
  if (value >= high && value > low) return 255;
  if (!(value > low)) return 0;  // also when the value is NaN
  return static_cast<std::size_t>((value - low) / (high - low) * 255.0F + 0.5F);
}

/// Sets every pixel within `radius` of a set one along the line: the line laid over itself at every shift.
void widen_row(const std::uint8_t* source, std::uint8_t* target, std::int64_t width, std::int64_t radius) {
  for (std::int64_t shift = -radius; shift <= radius; ++shift) {
    const std::uint8_t* from = source + std::max<std::int64_t>(-shift, 0);
    std::uint8_t* to = target + std::max<std::int64_t>(shift, 0);
    for (std::int64_t x = 0; x < width - std::abs(shift); ++x) to[x] |= from[x];
  }
}

/// Dilation by a square of side 2 · radius + 1; set pixels are non-zero.
Tensor dilated(const Tensor& mask, std::int64_t radius) {
  const std::int64_t height = mask.dim(0), width = mask.dim(1);
  Tensor wide = Tensor::zeros(mask.shape(), DType::U8), out = Tensor::zeros(mask.shape(), DType::U8);
  for (std::int64_t y = 0; y < height; ++y)
    widen_row(mask.data<std::uint8_t>() + y * width, wide.data<std::uint8_t>() + y * width, width, radius);
  for (std::int64_t y = 0; y < height; ++y) {
    std::uint8_t* target = out.data<std::uint8_t>() + y * width;
    for (std::int64_t near = std::max(y - radius, std::int64_t{0}); near <= std::min(y + radius, height - 1); ++near) {
      const std::uint8_t* source = wide.data<std::uint8_t>() + near * width;
      for (std::int64_t x = 0; x < width; ++x) target[x] |= source[x];
    }
  }
  return out;
}

}  // namespace

Tensor heat_map(const Tensor& map, float low, float high) {
  check_heat("heat_map", map, low, high);
  Tensor out({map.dim(0), map.dim(1), 3}, DType::U8);
  std::uint8_t* target = out.data<std::uint8_t>();
  const auto& colours = heat_colours();
  for (const float value : map.values<float>())
    target = std::copy_n(colours[heat_level(value, low, high)].data(), 3, target);
  return out;
}

Tensor heat_overlay(const Tensor& image, const Tensor& map, float low, float high) {
  check_heat("heat_overlay", map, low, high);
  Tensor out = to_rgb8(image);
  check_same_size(out, map, "heat_overlay", "map");
  std::uint8_t* target = out.data<std::uint8_t>();
  for (const float value : map.values<float>()) {
    const std::size_t level = heat_level(value, low, high);
    const Rgb& colour = heat_colours()[level];
    const int share = std::min(static_cast<int>(level) * 2, 255) * kMostHeat / 255;
    for (std::size_t c = 0; c < 3; ++c, ++target)
      *target = static_cast<std::uint8_t>((*target * (256 - share) + colour[c] * share + 128) / 256);
  }
  return out;
}

Tensor to_rgb8(const Tensor& image) {
  const std::int64_t channels = image.rank() == 3 ? image.dim(2) : 1;
  VIGIE_CHECK((image.rank() == 2 || image.rank() == 3) && (channels == 1 || channels == 3), "to_rgb8",
              "an image [H W], [H W 1] or [H W 3] is needed, got {}", to_string(image.shape()));
  Tensor out({image.dim(0), image.dim(1), 3}, DType::U8);
  if (image.dtype() == DType::U16)
    copy_as_rgb8<std::uint16_t>(image, channels, out.data<std::uint8_t>());
  else
    copy_as_rgb8<std::uint8_t>(image, channels, out.data<std::uint8_t>());
  return out;
}

Tensor draw_contour(Tensor image, const Tensor& mask, Rgb colour) {
  VIGIE_CHECK(mask.rank() == 2, "draw_contour", "a mask U8 [H W] is needed, got {}", to_string(mask.shape()));
  Tensor out = to_rgb8(image);
  check_same_size(out, mask, "draw_contour", "mask");
  const std::int64_t thickness = std::max<std::int64_t>(1, std::min(out.dim(0), out.dim(1)) / 256);
  const Tensor wide = dilated(mask, thickness);
  const std::uint8_t* inside = mask.data<std::uint8_t>();
  const std::uint8_t* around = wide.data<std::uint8_t>();
  std::uint8_t* target = out.data<std::uint8_t>();
  for (std::int64_t i = 0; i < mask.count(); ++i)
    if (around[i] != 0 && inside[i] == 0) std::copy(colour.begin(), colour.end(), target + i * 3);
  return out;
}

}  // namespace vigie

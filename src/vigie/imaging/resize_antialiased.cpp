#include <algorithm>
#include <cmath>
#include <type_traits>

#include "vigie/core/threads.h"
#include "vigie/imaging/lanes.h"
#include "vigie/imaging/resample_taps.h"
#include "vigie/imaging/resize.h"
#include "vigie/imaging/resize_window.h"

namespace vigie {

namespace {

constexpr std::int64_t kRowsPerTask = 16;

/// Sums that are rounded and clipped to 8 bits, or kept as they are.
template <typename Out>
using SumOf = std::conditional_t<std::is_same_v<Out, std::uint8_t>, std::int32_t, float>;

template <typename Out>
constexpr SumOf<Out> start_of_sum() {
  if constexpr (std::is_same_v<Out, std::uint8_t>) return 1 << (kFractionBits - 1);
  return 0;
}

template <typename Out>
Out end_of_sum(SumOf<Out> sum) {
  if constexpr (std::is_same_v<Out, std::uint8_t>)
    return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
  else
    return sum;
}

template <typename Out>
Taps<SumOf<Out>> taps_for(std::int64_t in, std::int64_t out, std::int64_t begin, std::int64_t length) {
  const Taps<double> taps = triangle_taps(in, out, begin, length);
  if constexpr (std::is_same_v<Out, std::uint8_t>)
    return fixed_point_taps(taps);
  else
    return float_taps(taps);
}

/// One row of [W 3] pixels: all channels of a pixel in one register, whose fourth lane takes along the next value. The
/// last tap is loaded alone, since there the next value may lie behind the image.
template <typename In, typename Out>
void filter_row_of_colour(const In* source, Out* target, const Taps<SumOf<Out>>& taps) {
  using Sum = SumOf<Out>;
  const std::int64_t width = taps.size(), count = taps.count;
  for (std::int64_t x = 0; x < width; ++x) {
    const In* pixel = source + std::int64_t{taps.first[static_cast<std::size_t>(x)]} * 3;
    const Sum* weights = taps.weights(x);
    Lanes<Sum, 4> sums = Lanes<Sum, 4>{} + start_of_sum<Out>();
    for (std::int64_t t = 0; t < count - 1; ++t) sums += weights[t] * load_lanes<Sum, 4>(pixel + t * 3);
    for (int c = 0; c < 3; ++c)
      target[x * 3 + c] = end_of_sum<Out>(sums[c] + weights[count - 1] * static_cast<Sum>(pixel[(count - 1) * 3 + c]));
  }
}

/// One row of [W C] pixels.
template <typename In, typename Out>
void filter_row(const In* source, Out* target, const Taps<SumOf<Out>>& taps, std::int64_t channels) {
  if (channels == 3) return filter_row_of_colour(source, target, taps);
  const std::int64_t width = taps.size(), count = taps.count;
  for (std::int64_t x = 0; x < width; ++x) {
    const In* pixel = source + std::int64_t{taps.first[static_cast<std::size_t>(x)]} * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      SumOf<Out> sum = start_of_sum<Out>();
      for (std::int64_t t = 0; t < count; ++t)
        sum += taps.weights(x)[t] * static_cast<SumOf<Out>>(pixel[t * channels + c]);
      target[x * channels + c] = end_of_sum<Out>(sum);
    }
  }
}

/// Eight ends of sums at once.
template <typename Out>
void store_sums(const Lanes<SumOf<Out>, 8>& sums, Out* target) {
  if constexpr (std::is_same_v<Out, std::uint8_t>) {
    Lanes<std::int32_t, 8> values = sums >> kFractionBits;
    values = values < 0 ? 0 : values;
    values = values > 255 ? 255 : values;
    store_lanes<8>(__builtin_convertvector(values, Lanes<std::uint8_t, 8>), target);
  } else {
    store_lanes<8>(sums, target);
  }
}

/// One output row from `count` source rows of `length` values, in tiles whose sums stay in registers.
template <typename In, typename Out>
void filter_rows(const In* source, std::int64_t length, Out* target, const SumOf<Out>* weights, std::int64_t count) {
  using Sum = SumOf<Out>;
  constexpr int kWide = 8, kParts = 4;
  std::int64_t i = 0;
  for (; i + kWide * kParts <= length; i += kWide * kParts) {
    Lanes<Sum, kWide> sums[kParts];
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) sums[p] = Lanes<Sum, kWide>{} + start_of_sum<Out>();
    for (std::int64_t t = 0; t < count; ++t) {
      const In* row = source + t * length + i;
#pragma GCC unroll 4
      for (int p = 0; p < kParts; ++p) sums[p] += weights[t] * load_lanes<Sum, kWide>(row + p * kWide);
    }
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) store_sums<Out>(sums[p], target + i + p * kWide);
  }
  for (; i < length; ++i) {
    Sum sum = start_of_sum<Out>();
    for (std::int64_t t = 0; t < count; ++t) sum += weights[t] * static_cast<Sum>(source[t * length + i]);
    target[i] = end_of_sum<Out>(sum);
  }
}

Shape resized_shape(const Tensor& image, std::int64_t height, std::int64_t width) {
  Shape shape = image.shape();
  shape[0] = height;
  shape[1] = width;
  return shape;
}

std::int64_t channels_of(const Tensor& image) {
  return image.rank() == 3 ? image.dim(2) : 1;
}

template <typename In, typename Out>
Tensor filter_columns(const Tensor& image, const ResizeWindow& window) {
  const std::int64_t height = image.dim(0), width = image.dim(1), channels = channels_of(image);
  const auto taps = taps_for<Out>(width, window.full_width, window.left, window.width);
  Tensor out(resized_shape(image, height, window.width), dtype_of<Out>());
  const In* source = image.data<In>();
  Out* target = out.template data<Out>();
  parallel_for(
      height,
      [&](std::int64_t y) {
        filter_row(source + y * width * channels, target + y * window.width * channels, taps, channels);
      },
      kRowsPerTask);
  return out;
}

/// Rows of `image` start at row `offset` of the source that `taps` speak of.
template <typename In, typename Out>
Tensor filter_rows(const Tensor& image, const Taps<SumOf<Out>>& taps, std::int64_t offset) {
  const std::int64_t height = taps.size();
  const std::int64_t length = image.dim(1) * channels_of(image);
  Tensor out(resized_shape(image, height, image.dim(1)), dtype_of<Out>());
  const In* source = image.data<In>();
  Out* target = out.template data<Out>();
  parallel_for(
      height,
      [&](std::int64_t y) {
        const auto at = static_cast<std::size_t>(y);
        filter_rows(source + (taps.first[at] - offset) * length, length, target + y * length, taps.weights(y),
                    taps.count);
      },
      kRowsPerTask);
  return out;
}

/// Horizontal pass, then vertical, each only when it changes something; Out is also the type between them.
template <typename In, typename Out>
Tensor resample(const Tensor& image, const ResizeWindow& window) {
  const bool same_width = window.full_width == image.dim(1) && window.width == image.dim(1);
  const bool same_height = window.full_height == image.dim(0);
  if (same_height &&
      (!same_width || std::is_same_v<In, Out>)) {  // rows stay as they are: a vertical pass would read beyond
    const Tensor used = image.rows(window.top, window.top + window.height);
    return same_width ? used.clone() : filter_columns<In, Out>(used, window);
  }
  const auto rows = taps_for<Out>(image.dim(0), window.full_height, window.top, window.height);
  const std::int64_t top = rows.first.front(), bottom = rows.first.back() + rows.count;
  const Tensor used = image.rows(top, bottom);  // the only rows that the window sees
  if (same_width) return filter_rows<In, Out>(used, rows, top);
  return filter_rows<Out, Out>(filter_columns<In, Out>(used, window), rows, top);
}

Tensor rounded_to_u16(const Tensor& image) {
  Tensor out(image.shape(), DType::U16);
  const float* source = image.data<float>();
  std::uint16_t* target = out.data<std::uint16_t>();
  for (std::int64_t i = 0; i < image.count(); ++i)
    target[i] = static_cast<std::uint16_t>(std::clamp(source[i] + 0.5F, 0.0F, 65535.0F));
  return out;
}

}  // namespace

void check_resize(const Tensor& image, const ResizeWindow& window, std::string_view where) {
  VIGIE_CHECK((image.rank() == 2 || image.rank() == 3) && !image.empty(), where,
              "an image [H W] or [H W C] is needed, got {}", to_string(image.shape()));
  VIGIE_CHECK(window.height > 0 && window.width > 0, where, "cannot resize to {}x{} pixels", window.width,
              window.height);
  VIGIE_CHECK(window.top >= 0 && window.left >= 0 && window.top + window.height <= window.full_height &&
                  window.left + window.width <= window.full_width,
              where, "a window of {}x{} pixels at ({}, {}) leaves the resized image of {}x{}", window.width,
              window.height, window.left, window.top, window.full_width, window.full_height);
}

Tensor resize_antialiased_unrounded(const Tensor& image, const ResizeWindow& window) {
  check_resize(image, window, "resize_antialiased");
  switch (image.dtype()) {
    case DType::U8:
      return resample<std::uint8_t, std::uint8_t>(image, window);
    case DType::U16:
      return resample<std::uint16_t, float>(image, window);
    case DType::F32:
      return resample<float, float>(image, window);
    default:
      fail(ErrorKind::InvalidArgument, "resize_antialiased", "no resizing of {}", name_of(image.dtype()));
  }
}

Tensor resize_antialiased(const Tensor& image, const ResizeWindow& window) {
  const Tensor resized = resize_antialiased_unrounded(image, window);
  return image.dtype() == DType::U16 ? rounded_to_u16(resized) : resized;
}

Tensor resize_antialiased(const Tensor& image, std::int64_t height, std::int64_t width) {
  return resize_antialiased(image, ResizeWindow::whole(height, width));
}

}  // namespace vigie

#include "vigie/engine/loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace vigie::engine {

template <typename T>
void affine_rows(const T* x, T* y, std::int64_t rows, std::span<const float> scale, std::span<const float> shift,
                 bool relu) {
  const auto channels = static_cast<std::int64_t>(scale.size());
  const float floor = relu ? 0.0F : -std::numeric_limits<float>::infinity();
#pragma omp parallel for if (rows * channels > 16384)
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* in = x + r * channels;
    T* out = y + r * channels;
    // Both may be the same memory, which by itself would keep the compiler from vectorising.
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c)
      out[c] = T(std::max(
          static_cast<float>(in[c]) * scale[static_cast<std::size_t>(c)] + shift[static_cast<std::size_t>(c)], floor));
  }
}

template <typename T>
void hard_sigmoid(const T* x, T* y, std::int64_t count) {
#pragma omp parallel for simd if (parallel : count > 16384)
  for (std::int64_t i = 0; i < count; ++i) y[i] = T(std::clamp(static_cast<float>(x[i]) + 3.0F, 0.0F, 6.0F) / 6.0F);
}

void concat_rows(const std::vector<const std::byte*>& parts, const std::vector<std::int64_t>& widths, std::byte* y,
                 std::int64_t rows) {
  std::int64_t total = 0;
  for (const std::int64_t width : widths) total += width;
#pragma omp parallel for if (rows * total > 65536)
  for (std::int64_t r = 0; r < rows; ++r) {
    std::byte* at = y + r * total;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      std::memcpy(at, parts[p] + r * widths[p], static_cast<std::size_t>(widths[p]));
      at += widths[p];
    }
  }
}

void slice_rows(const std::byte* x, std::int64_t x_width, std::byte* y, std::int64_t y_width, std::int64_t rows) {
#pragma omp parallel for if (rows * y_width > 65536)
  for (std::int64_t r = 0; r < rows; ++r)
    std::memcpy(y + r * y_width, x + r * x_width, static_cast<std::size_t>(y_width));
}

template <typename T>
void mask_positions(const T* x, T* y, std::int64_t rows, std::int64_t channels, std::span<const float> mask) {
  const auto area = static_cast<std::int64_t>(mask.size());
#pragma omp parallel for if (rows * channels > 16384)
  for (std::int64_t r = 0; r < rows; ++r) {
    const float factor = mask[static_cast<std::size_t>(r % area)];
    const T* in = x + r * channels;
    T* out = y + r * channels;
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) out[c] = T(static_cast<float>(in[c]) * factor);
  }
}

template <typename T>
void unit_rows(const T* x, T* y, std::int64_t rows, std::int64_t channels) {
#pragma omp parallel for if (rows * channels > 16384)
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* in = x + r * channels;
    T* out = y + r * channels;
    double squares = 0;  // of floats, which can leave the floats
#pragma omp simd reduction(+ : squares)
    for (std::int64_t c = 0; c < channels; ++c) {
      const double value = static_cast<float>(in[c]);
      squares += value * value;
    }
    const double factor = 1 / std::max(std::sqrt(squares), 1e-12);
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) out[c] = T(static_cast<float>(static_cast<float>(in[c]) * factor));
  }
}

template <typename T>
void global_average(const T* x, T* y, const Shape& shape) {
  constexpr std::int64_t kBlock = 64;
  const std::int64_t channels = shape[3];
  const std::int64_t area = shape[1] * shape[2];
  const std::int64_t blocks = (channels + kBlock - 1) / kBlock;
#pragma omp parallel for if (count_of(shape) > 16384)
  for (std::int64_t task = 0; task < shape[0] * blocks; ++task) {
    const std::int64_t image = task / blocks;
    const std::int64_t first = task % blocks * kBlock;
    const std::int64_t width = std::min(kBlock, channels - first);
    double sums[kBlock] = {};
    for (std::int64_t p = 0; p < area; ++p)
      for (std::int64_t c = 0; c < width; ++c)
        sums[c] += static_cast<float>(x[(image * area + p) * channels + first + c]);
    for (std::int64_t c = 0; c < width; ++c)
      y[image * channels + first + c] = T(static_cast<float>(sums[c] / static_cast<double>(area)));
  }
}

template <typename T>
void average_pool(const T* x, const Shape& x_shape, T* y, const Shape& y_shape, const AveragePool& pool) {
  const std::int64_t height = x_shape[1];
  const std::int64_t width = x_shape[2];
  const std::int64_t channels = x_shape[3];
#pragma omp parallel for if (count_of(x_shape) > 16384)
  for (std::int64_t row = 0; row < y_shape[0] * y_shape[1]; ++row) {
    std::vector<float> sums(static_cast<std::size_t>(channels));
    const T* image = x + row / y_shape[1] * height * width * channels;
    const std::int64_t top = row % y_shape[1] * pool.stride - pool.pad;
    const std::int64_t padded_bottom = std::min(top + pool.kernel, height + pool.pad);
    for (std::int64_t j = 0; j < y_shape[2]; ++j) {
      const std::int64_t left = j * pool.stride - pool.pad;
      const std::int64_t padded_right = std::min(left + pool.kernel, width + pool.pad);
      const std::int64_t y0 = std::max<std::int64_t>(top, 0), y1 = std::min(padded_bottom, height);
      const std::int64_t x0 = std::max<std::int64_t>(left, 0), x1 = std::min(padded_right, width);
      T* out = y + (row * y_shape[2] + j) * channels;
      std::ranges::fill(sums, 0.0F);
      float* sum = sums.data();
      for (std::int64_t v = y0; v < y1; ++v)
        for (std::int64_t u = x0; u < x1; ++u)
          for (std::int64_t c = 0; c < channels; ++c)
            sum[c] += static_cast<float>(image[(v * width + u) * channels + c]);
      const std::int64_t divisor =
          pool.count_include_pad ? (padded_bottom - top) * (padded_right - left) : (y1 - y0) * (x1 - x0);
      for (std::int64_t c = 0; c < channels; ++c) out[c] = T(sum[c] / static_cast<float>(divisor));
    }
  }
}

#define VIGIE_INSTANTIATE(T)                                                                                   \
  template void affine_rows(const T*, T*, std::int64_t, std::span<const float>, std::span<const float>, bool); \
  template void hard_sigmoid(const T*, T*, std::int64_t);                                                      \
  template void mask_positions(const T*, T*, std::int64_t, std::int64_t, std::span<const float>);              \
  template void unit_rows(const T*, T*, std::int64_t, std::int64_t);                                           \
  template void global_average(const T*, T*, const Shape&);                                                    \
  template void average_pool(const T*, const Shape&, T*, const Shape&, const AveragePool&)
VIGIE_INSTANTIATE(float);
VIGIE_INSTANTIATE(Bf16);
#undef VIGIE_INSTANTIATE

}  // namespace vigie::engine

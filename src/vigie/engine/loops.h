#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/engine/format.h"

namespace vigie::engine {

/// Operations that are one pass over memory and for which a plain loop is as fast as a library.
/// All work on dense NHWC, or on [rows C] when positions do not matter. `x` may equal `y` where element-wise.
/// T is float or Bf16; sums are kept in float or wider.

/// y = scale * x + shift per channel, negatives cut off when `relu`.
template <typename T>
void affine_rows(const T* x, T* y, std::int64_t rows, std::span<const float> scale, std::span<const float> shift,
                 bool relu);

/// y = min(max(x + 3, 0), 6) / 6.
template <typename T>
void hard_sigmoid(const T* x, T* y, std::int64_t count);

/// Rows of the parts side by side; widths in bytes.
void concat_rows(const std::vector<const std::byte*>& parts, const std::vector<std::int64_t>& widths, std::byte* y,
                 std::int64_t rows);

/// `y_width` bytes of each row of x, from where x points to, out of `x_width`.
void slice_rows(const std::byte* x, std::int64_t x_width, std::byte* y, std::int64_t y_width, std::int64_t rows);

/// y = mask * x: one number per position of an image, the same for all images and channels.
template <typename T>
void mask_positions(const T* x, T* y, std::int64_t rows, std::int64_t channels, std::span<const float> mask);

/// Every row divided by max(its Euclidean norm, 1e-12).
template <typename T>
void unit_rows(const T* x, T* y, std::int64_t rows, std::int64_t channels);

/// x [B h w C] -> y [B C].
template <typename T>
void global_average(const T* x, T* y, const Shape& shape);

struct AveragePool {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t pad = 0;
  bool count_include_pad = true;  ///< padding counts in the divisor; what hangs over beyond the padding never does
};
/// x [B H W C] -> y [B h w C].
template <typename T>
void average_pool(const T* x, const Shape& x_shape, T* y, const Shape& y_shape, const AveragePool& pool);

}  // namespace vigie::engine

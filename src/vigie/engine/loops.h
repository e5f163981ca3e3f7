#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie::engine {

/// Operations that are one pass over memory and for which a plain loop is as fast as a library.
/// All work on dense NHWC, or on [rows C] when positions do not matter. `x` may equal `y` where element-wise.

/// y = scale * x + shift per channel, negatives cut off when `relu`.
void affine_rows(const float* x, float* y, std::int64_t rows, std::span<const float> scale,
                 std::span<const float> shift, bool relu);

/// y = min(max(x + 3, 0), 6) / 6.
void hard_sigmoid(const float* x, float* y, std::int64_t count);

/// Rows of the parts side by side.
void concat_rows(const std::vector<const float*>& parts, const std::vector<std::int64_t>& widths, float* y,
                 std::int64_t rows);

/// x [B h w C] -> y [B C].
void global_average(const float* x, float* y, const Shape& shape);

struct AveragePool {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t pad = 0;
  bool count_include_pad = true;  ///< padding counts in the divisor; what hangs over beyond the padding never does
};
/// x [B H W C] -> y [B h w C].
void average_pool(const float* x, const Shape& x_shape, float* y, const Shape& y_shape, const AveragePool& pool);

}  // namespace vigie::engine

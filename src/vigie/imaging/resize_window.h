#pragma once

#include <functional>
#include <string_view>

#include "vigie/core/tensor.h"

namespace vigie {

/// A part of a resized image: `height` rows from `top` and `width` columns from `left` of the full result. Only the
/// part is computed, and it equals the same part of the full result: to the bit for U8, to rounding for U16 and F32.
struct ResizeWindow {
  std::int64_t full_height = 0, full_width = 0;
  std::int64_t top = 0, left = 0, height = 0, width = 0;

  static ResizeWindow whole(std::int64_t height, std::int64_t width) { return {height, width, 0, 0, height, width}; }
};

/// As resize_antialiased() of resize.h.
Tensor resize_antialiased(const Tensor& image, const ResizeWindow& window);

/// U8 as resize_antialiased(); U16 without rounding to whole numbers: F32 in the image's own range.
Tensor resize_antialiased_unrounded(const Tensor& image, const ResizeWindow& window);

/// The rows of resize_antialiased_unrounded() one by one, for a caller that makes something else of them while they are
/// in the cache: calls row(y, values) once for each, from several threads at once and in any order. The values live
/// only during the call. The first for U8 images, the second for U16 and F32.
void resize_antialiased_rows(const Tensor& image, const ResizeWindow& window,
                             const std::function<void(std::int64_t, const std::uint8_t*)>& row);
void resize_antialiased_rows(const Tensor& image, const ResizeWindow& window,
                             const std::function<void(std::int64_t, const float*)>& row);

/// As resize_nearest() of resize.h.
Tensor resize_nearest(const Tensor& image, const ResizeWindow& window);

/// A map F32 [h w] of the window alone, `around` taken for all that lies outside, as resize_bilinear() would resize the
/// full_height x full_width whole to height x width: F32 [height width]. The whole is never built.
Tensor resize_bilinear_placed(const Tensor& map, const ResizeWindow& window, float around, std::int64_t height,
                              std::int64_t width);

/// Throws InvalidArgument unless the image is [H W] or [H W C], not empty, and the window lies within the full result.
void check_resize(const Tensor& image, const ResizeWindow& window, std::string_view where);

}  // namespace vigie

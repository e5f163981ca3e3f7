#pragma once

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

/// As resize_nearest() of resize.h.
Tensor resize_nearest(const Tensor& image, const ResizeWindow& window);

/// Throws InvalidArgument unless the image is [H W] or [H W C], not empty, and the window lies within the full result.
void check_resize(const Tensor& image, const ResizeWindow& window, std::string_view where);

}  // namespace vigie

#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Gaussian smoothing of a map F32 [H W], sigma in pixels (0: copy), truncated at 4 sigma with mirrored borders, as
/// scipy.ndimage.gaussian_filter (mode "reflect"), which the published anomaly maps use. O(H·W·sigma).
Tensor gaussian_blur(const Tensor& map, double sigma);

/// gaussian_blur(resize_bilinear(map, height, width), sigma) to rounding. Both are linear along each axis, so a small
/// grid goes to a smooth map in one step whose filter spans few cells: O(H·W·(sigma·h/H + 1)).
Tensor resize_smoothed(const Tensor& map, std::int64_t height, std::int64_t width, double sigma);

}  // namespace vigie

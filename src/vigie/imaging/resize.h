#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Antialiased bilinear resize as Pillow's Image.resize(BILINEAR): triangle filter widened by the scale when shrinking,
/// horizontal pass then vertical. U8 [H W C] -> U8 (fixed point, equal to Pillow to the bit), U16 and F32 in floating
/// point.
Tensor resize_antialiased(const Tensor& image, std::int64_t height, std::int64_t width);

/// Nearest neighbour as Pillow's NEAREST (pixel centres). Any type, [H W] or [H W C].
Tensor resize_nearest(const Tensor& image, std::int64_t height, std::int64_t width);

/// Plain bilinear interpolation, half-pixel centres, no antialiasing (torch's interpolate(align_corners=False)).
/// F32 [H W] or [H W C].
Tensor resize_bilinear(const Tensor& map, std::int64_t height, std::int64_t width);

}  // namespace vigie

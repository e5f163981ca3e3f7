#pragma once

#include <array>
#include <cstdint>

#include "vigie/core/tensor.h"

namespace vigie {

using Rgb = std::array<std::uint8_t, 3>;

/// 256 sRGB colours from near black over violet, red and orange to pale yellow. Neighbours lie at equal distances in
/// CIELAB and lightness rises throughout, so that equal steps of a value look equal and a grey print keeps the order.
const std::array<Rgb, 256>& heat_colours();

/// map F32 [H W] -> U8 [H W 3]; `low` and below is the first colour, `high` and above the last. NaN is drawn as low.
Tensor heat_map(const Tensor& map, float low, float high);

/// (1 - alpha) · image + alpha · heat, 0 <= alpha <= 1. image as to_rgb8() takes it, heat U8 [H W 3] of the same size.
Tensor blend(const Tensor& image, const Tensor& heat, float alpha);

/// U8 or U16 [H W], [H W 1] or [H W 3] -> U8 [H W 3], always a copy.
Tensor to_rgb8(const Tensor& image);

/// The image as U8 [H W 3] with a line of `colour` around the regions of mask U8 [H W]. The line lies outside the
/// regions, which stay visible, and is as thick as the image is large (1 pixel per 256 of the shorter side, at least
/// 1).
Tensor draw_contour(Tensor image, const Tensor& mask, Rgb colour);

}  // namespace vigie

#pragma once

#include <array>
#include <cstdint>

#include "vigie/core/tensor.h"

namespace vigie {

using Rgb = std::array<std::uint8_t, 3>;

/// 256 sRGB colours from near black over violet and red to a full orange. Neighbours lie at equal distances in CIELAB
/// and lightness rises throughout, so that equal steps of a value look equal and a grey print keeps the order. The
/// hottest is a colour that no bright or dark part hides.
const std::array<Rgb, 256>& heat_colours();

/// map F32 [H W] -> U8 [H W 3]; `low` and below is the first colour, `high` and above the last. NaN is drawn as low.
Tensor heat_map(const Tensor& map, float low, float high);

/// The image with the map's heat colours over it: U8 [H W 3]. At `low` and below the image stays as it is; the colour
/// covers more the hotter the map, from the middle of the range on most of the image. image as to_rgb8() takes it, map
/// F32 [H W] of its size.
Tensor heat_overlay(const Tensor& image, const Tensor& map, float low, float high);

/// U8 or U16 [H W], [H W 1] or [H W 3] -> U8 [H W 3], always a copy.
Tensor to_rgb8(const Tensor& image);

/// The image as U8 [H W 3] with a line of `colour` around the regions of mask U8 [H W]. The line lies outside the
/// regions, which stay visible, and is as thick as the image is large (1 pixel per 256 of the shorter side, at least
/// 1).
Tensor draw_contour(Tensor image, const Tensor& mask, Rgb colour);

}  // namespace vigie

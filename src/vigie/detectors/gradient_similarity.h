#pragma once

#include <span>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// Magnitudes of one image's gradients, F32 [h w] each: at full resolution, then at 1/2, 1/4, …
using GradientPyramid = std::vector<Tensor>;

/// The gradients of a grey image: the mean over the channels of `image` (height x width x channels values), halved
/// `scales` - 1 times by the mean of 2x2 pixels (an odd last row or column is dropped). The magnitude is that of
/// Prewitt's 3x3 filters, whose sums are divided by 3, with the border pixels repeated outwards. O(H·W·C).
/// Throws InvalidArgument when a side is less than 2^(scales - 1) pixels.
GradientPyramid gradient_pyramid(const float* image, std::int64_t height, std::int64_t width, std::int64_t channels,
                                 std::int64_t scales);

/// Multi-scale gradient magnitude similarity (Zavrtanik et al. 2021, after Xue et al. 2014, arXiv 1308.3052) of an
/// image and its reconstructions, averaged over them: per scale (2·g·r + c) / (g² + r² + c) of the magnitudes g and r,
/// brought to full size bilinearly; the mean over scales. F32 [H W], 0 … 1, 1 = alike. c = 0.0026 suits images in 0
/// … 1. O(H·W·reconstructions). Throws InvalidArgument unless all have the same shapes.
Tensor gradient_similarity(const GradientPyramid& image, std::span<const GradientPyramid> reconstructions, double c);

/// Mean over the side x side pixels (side odd) around each, over those of them that lie in the map F32 [H W]: the
/// border is neither darkened nor mirrored. O(H·W) for any side. Throws InvalidArgument when side is even or < 1.
Tensor mean_filter(const Tensor& map, std::int64_t side);

}  // namespace vigie

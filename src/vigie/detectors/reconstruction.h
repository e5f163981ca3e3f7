#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Where a reconstruction differs from its image, both F32 [H W C] with values 0 … 1 -> F32 [H W], >= 0:
/// mean over channels of (squared difference) + ssim_weight · mean over channels of (1 − SSIM).
/// SSIM (Wang et al. 2004) per channel with a Gaussian window of 11 x 11 pixels, sigma 1.5, data range 1, K1 .01,
/// K2 .03, variances by the window's weights. At the border the window keeps the pixels that exist, their weights
/// scaled to sum to 1. O(H·W·C), two separable passes; the rows run on the thread budget.
/// Throws InvalidArgument when the shapes differ.
Tensor reconstruction_error(const Tensor& image, const Tensor& reconstruction, double ssim_weight);

}  // namespace vigie

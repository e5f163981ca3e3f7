#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Gaussian smoothing of a map F32 [H W], sigma in pixels (0: copy), truncated at 4 sigma with mirrored borders, as
/// scipy.ndimage.gaussian_filter (mode "reflect"), which the published anomaly maps use. O(H·W·sigma).
Tensor gaussian_blur(const Tensor& map, double sigma);

}  // namespace vigie

#pragma once

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"

namespace vigie {

/// Gradient noise (Perlin, "Improving noise", 2002) F32 [H W]: smooth, 0 at the corners of a grid of rows x columns
/// cells
/// (>= 1) laid over the map, about -0.7 … 0.7 between them. The gradients come from `random`. O(H·W).
Tensor perlin_noise(std::int64_t height, std::int64_t width, std::int64_t rows, std::int64_t columns, Random& random);

}  // namespace vigie

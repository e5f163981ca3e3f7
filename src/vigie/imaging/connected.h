#pragma once

#include <cstdint>

#include "vigie/core/tensor.h"

namespace vigie {

/// Labels U8 [H W] (non-zero = foreground) -> I32 [H W], 0 background, 1 … count in scan order. 8-connected.
struct Labels {
  Tensor labels;
  std::int32_t count = 0;
};

/// Two passes over runs of foreground pixels, joined by union-find. O(H·W).
Labels label_regions(const Tensor& mask);

}  // namespace vigie

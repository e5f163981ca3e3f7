#pragma once

#include <cstdint>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// Labels U8 [H W] (non-zero = foreground) -> I32 [H W], 0 background, 1 … count in scan order. 8-connected.
struct Labels {
  Tensor labels;
  std::int32_t count = 0;
};

/// Two passes over runs of foreground pixels, joined by union-find. O(H·W).
Labels label_regions(const Tensor& mask);

/// Foreground pixels [begin, end) of one row.
struct Run {
  std::int64_t row = 0, begin = 0, end = 0;
};

/// The label of each run, as label_regions() would give its pixels. Runs lie in scan order and those of one row do not
/// touch. O(runs).
struct RunLabels {
  std::vector<std::int32_t> labels;
  std::int32_t count = 0;
};
RunLabels label_runs(const std::vector<Run>& runs);

}  // namespace vigie

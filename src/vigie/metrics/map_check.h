#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "vigie/metrics/overlap.h"

namespace vigie {

/// Index of the first value that is infinite or not a number; the size if there is none. As fast as memory is read.
std::size_t first_not_finite(std::span<const float> values);

/// Throws InvalidArgument, naming the image's index, unless every map is F32 [H W] with finite values and every mask
/// empty or U8 [H W] of the same size. Images in parallel.
void check_maps(const std::vector<ScoredMap>& images, std::string_view where);

/// Rows [first, second) of a mask U8 [H W] from its first to its last defect pixel; equal when it has none or is empty.
std::pair<std::int64_t, std::int64_t> defect_rows(const Tensor& mask);

/// Whether the mask has a defect pixel.
bool has_defect(const Tensor& mask);

}  // namespace vigie

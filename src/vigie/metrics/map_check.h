#pragma once

#include <string_view>
#include <vector>

#include "vigie/metrics/overlap.h"

namespace vigie {

/// Throws InvalidArgument, naming the image's index, unless every map is F32 [H W] with finite values and every mask
/// empty or U8 [H W] of the same size.
void check_maps(const std::vector<ScoredMap>& images, std::string_view where);

/// Whether the mask has a defect pixel.
bool has_defect(const Tensor& mask);

}  // namespace vigie

#pragma once

#include "vigie/nn/graph.h"

namespace vigie {

/// Features [B h w C] -> "embedding" [B 1 1 D] of length 1: mean over the grid, one linear layer ("projection"), and
/// the direction of the result, which is all that losses by angles see. As in FaceNet (Schroff et al. 2015, arXiv
/// 1503.03832).
nn::Graph metric_head(std::int64_t channels, std::int64_t dimensions);

}  // namespace vigie

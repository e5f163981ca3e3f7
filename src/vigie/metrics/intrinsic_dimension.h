#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

// How many numbers it would take to describe where the vectors lie, whatever the width of the layer: a sheet rolled up
// in 512 dimensions has two. Both look at distances to nearest neighbours only. Vectors with an equal twin are left
// out. vectors F32 [N D].

/// Facco, d'Errico, Rodriguez & Laio 2017 (Scientific Reports 7, 12140), "TwoNN": with µ = r2 / r1 of every vector in
/// ascending order and F = i / N, the slope of −log(1 − F) against log µ through the origin, the largest tenth of µ
/// discarded as they advise. NaN with fewer than 3 vectors left.
double two_nn_dimension(const Tensor& vectors);

/// Levina & Bickel 2004 (NIPS 17): for every vector (K − 2) / Σ_{j<K} log(T_K / T_j), T_j the distance to the j-th
/// neighbour; the mean over the vectors. K − 2 instead of K − 1 is the unbiased form of the paper. K >= 3.
/// NaN with K vectors or fewer.
double levina_bickel_dimension(const Tensor& vectors, std::int64_t k);

}  // namespace vigie

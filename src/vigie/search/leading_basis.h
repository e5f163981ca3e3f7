#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Orthonormal directions that hold most of the variance of rows F32 [N D] (centred by the caller), found by randomised
/// subspace iteration (Halko, Martinsson & Tropp 2011, arXiv 0909.4061), then turned at random within their span so
/// that no coordinate is much larger than the others. Returns F32 [d D], d <= count: directions in which the rows do
/// not vary are left out. Deterministic. Time about 8·N·D·count FLOP.
Tensor leading_basis(const Tensor& rows, std::int64_t count);

/// Frobenius norm of B·Bᵀ − I for basis B [d D]: how far its singular values may be from 1.
double orthonormality_defect(const Tensor& basis);

}  // namespace vigie

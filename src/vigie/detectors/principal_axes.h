#pragma once

#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/detectors/covariance.h"

namespace vigie {

/// Every direction in which N samples vary, r <= min(D, N − 1) of them.
struct PrincipalAxes {
  std::vector<double> mean;       ///< [D]
  std::vector<double> variances;  ///< [r], descending, divisor N; below 1e-9 of the largest counts as none
  std::vector<double> basis;      ///< [r D], orthonormal rows

  std::int64_t count() const { return static_cast<std::int64_t>(variances.size()); }
};

/// Through the D x D covariance, or through the N x N products of samples when N < D, which have the same eigenvalues:
/// O(min(N, D)³ + N·D·min(N, D)). N >= 2. No axes when all samples are the same.
PrincipalAxes principal_axes(const Samples& samples);

/// Rows of F32 [n D] minus the mean, along the axes -> F32 [n r].
Tensor along_axes(const PrincipalAxes& axes, const Tensor& rows);

}  // namespace vigie

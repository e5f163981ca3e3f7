#pragma once

#include <cstdint>
#include <span>

namespace vigie {

/// Floats of a packed lower triangle: D·(D+1)/2.
constexpr std::int64_t packed_size(std::int64_t dims) {
  return dims * (dims + 1) / 2;
}

/// W = L⁻¹ where covariance = L·Lᵀ (Cholesky), so that the Mahalanobis distance of x is |W (x − mean)|.
/// covariance: symmetric [D D]. Writes W's lower triangle, column after column (the diagonal entry first),
/// packed_size(D) floats. All in double until stored. Throws InvalidArgument when the covariance is not positive
/// definite.
void pack_whitening(std::span<const double> covariance, std::int64_t dims, float* packed);

/// |W (x − mean)|; x, mean: D floats; scratch: D floats. D² FLOP, and D²/2 floats read.
float mahalanobis(const float* packed, const float* mean, const float* x, std::int64_t dims, float* scratch);

}  // namespace vigie

#pragma once

#include <cstdint>

namespace vigie {

/// Sum of squared differences of two vectors of `count` floats. Summed in 32 interleaved partial sums, then pairwise:
/// the relative error is at most (count / 32 + 8) · 2⁻²⁴. Every distance of this module comes from this one function,
/// so that a fast algorithm and its slow reference round alike.
float squared_distance(const float* x, const float* y, std::int64_t count);

/// Sum of squares, in double.
double squared_norm(const float* x, std::int64_t count);

}  // namespace vigie

#pragma once

#include <cstdint>
#include <vector>

namespace vigie {

/// Plain bilinear interpolation along one axis: output position i lies between source positions low[i] and high[i], at
/// share[i] of the way. Half-pixel centres, computed in float as torch computes them.
struct BilinearNeighbours {
  std::vector<std::int32_t> low, high;
  std::vector<float> share;

  /// in, out > 0.
  BilinearNeighbours(std::int64_t in, std::int64_t out);

  std::int64_t size() const { return static_cast<std::int64_t>(low.size()); }
};

/// target[i] = a[i] * (1 - share) + b[i] * share.
inline void mix(const float* a, const float* b, float share, float* target, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) target[i] = a[i] * (1.0F - share) + b[i] * share;
}

}  // namespace vigie

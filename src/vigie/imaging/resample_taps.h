#pragma once

#include <cstdint>
#include <vector>

namespace vigie {

/// How a line of `in` pixels becomes a line of `out`: output pixel x is the sum of weights(x)[t] * source[first[x] + t]
/// over 0 <= t < count. The weights of a pixel sum to 1. The count is the same for all pixels, some of whose weights
/// may be 0.
template <typename Weight>
struct Taps {
  std::vector<std::int32_t> first;
  std::int64_t count = 0;
  std::vector<Weight> weight;  ///< `count` per output pixel

  std::int64_t size() const { return static_cast<std::int64_t>(first.size()); }
  const Weight* weights(std::int64_t x) const { return weight.data() + x * count; }
};

/// Fixed point: 8 bits of pixel and 2 bits of headroom leave 22 for the fraction of a 32-bit sum.
constexpr int kFractionBits = 32 - 8 - 2;

/// Triangle filter for output pixels [begin, begin + length) of `out`; its half width is one pixel of the coarser grid.
Taps<double> triangle_taps(std::int64_t in, std::int64_t out, std::int64_t begin, std::int64_t length);

Taps<float> float_taps(const Taps<double>& taps);
Taps<std::int32_t> fixed_point_taps(const Taps<double>& taps);

}  // namespace vigie

#include "vigie/imaging/resample_taps.h"

#include <algorithm>
#include <cmath>

namespace vigie {

namespace {

/// The filter laid over the source line for one output pixel after another.
struct Triangle {
  double scale, support;
  std::int64_t in;

  double center(std::int64_t x) const { return (static_cast<double>(x) + 0.5) * scale; }
  std::int64_t low(std::int64_t x) const {
    return std::max(static_cast<std::int64_t>(center(x) - support + 0.5), std::int64_t{0});
  }
  std::int64_t high(std::int64_t x) const { return std::min(static_cast<std::int64_t>(center(x) + support + 0.5), in); }
};

}  // namespace

Taps<double> triangle_taps(std::int64_t in, std::int64_t out, std::int64_t begin, std::int64_t length) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const Triangle triangle{scale, std::max(scale, 1.0), in};
  const double sharpness = 1.0 / triangle.support;
  Taps<double> taps;
  for (std::int64_t x = begin; x < begin + length; ++x)
    taps.count = std::max(taps.count, triangle.high(x) - triangle.low(x));
  taps.first.reserve(static_cast<std::size_t>(length));
  taps.weight.assign(static_cast<std::size_t>(length * taps.count), 0.0);
  for (std::int64_t x = begin; x < begin + length; ++x) {
    const std::int64_t low = triangle.low(x), high = triangle.high(x), first = std::min(low, in - taps.count);
    double* weights = taps.weight.data() + (x - begin) * taps.count;
    double sum = 0;
    for (std::int64_t i = low; i < high; ++i) {
      const double distance = (static_cast<double>(i) - triangle.center(x) + 0.5) * sharpness;
      weights[i - first] = std::max(1.0 - std::abs(distance), 0.0);
      sum += weights[i - first];
    }
    for (std::int64_t i = low; i < high; ++i) weights[i - first] /= sum;
    taps.first.push_back(static_cast<std::int32_t>(first));
  }
  return taps;
}

Taps<float> float_taps(const Taps<double>& taps) {
  return {taps.first, taps.count, {taps.weight.begin(), taps.weight.end()}};
}

Taps<std::int32_t> fixed_point_taps(const Taps<double>& taps) {
  Taps<std::int32_t> fixed{taps.first, taps.count, {}};
  fixed.weight.reserve(taps.weight.size());
  for (const double weight : taps.weight)
    fixed.weight.push_back(static_cast<std::int32_t>(0.5 + weight * (1 << kFractionBits)));
  return fixed;
}

}  // namespace vigie

#include <algorithm>
#include <vector>

#include "vigie/core/threads.h"
#include "vigie/imaging/bilinear_neighbours.h"
#include "vigie/imaging/blur.h"
#include "vigie/imaging/filter_rows.h"
#include "vigie/imaging/gaussian_kernel.h"
#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

/// Interpolation from `in` to `out` positions, then smoothing, as one filter along one axis.
Taps<float> smoothing_taps(std::int64_t in, std::int64_t out, double sigma) {
  const std::vector<float> half = gaussian_half_kernel(sigma);
  const auto radius = static_cast<std::int64_t>(half.size()) - 1;
  const BilinearNeighbours near(in, out);
  const auto at = [out](std::int64_t x) { return static_cast<std::size_t>(mirrored(x, out)); };
  Taps<double> taps;
  for (std::int64_t x = 0; x < out; ++x) {
    std::int32_t low = near.low[at(x)], high = low;
    for (std::int64_t k = -radius; k <= radius; ++k) {
      low = std::min(low, near.low[at(x + k)]);
      high = std::max(high, near.high[at(x + k)]);
    }
    taps.first.push_back(low);
    taps.count = std::max<std::int64_t>(taps.count, high - low + 1);
  }
  taps.weight.assign(static_cast<std::size_t>(out * taps.count), 0.0);
  for (std::int64_t x = 0; x < out; ++x) {
    auto& first = taps.first[static_cast<std::size_t>(x)];
    first = static_cast<std::int32_t>(std::min<std::int64_t>(first, in - taps.count));
    double* weights = taps.weight.data() + x * taps.count;
    for (std::int64_t k = -radius; k <= radius; ++k) {
      const double weight = half[static_cast<std::size_t>(std::abs(k))], share = near.share[at(x + k)];
      weights[near.low[at(x + k)] - first] += weight * (1 - share);
      weights[near.high[at(x + k)] - first] += weight * share;
    }
  }
  return float_taps(taps);
}

/// The same filter seen from the source: what each source position gives, to output positions [begin, begin + size).
struct Spread {
  std::int64_t begin = 0;
  std::vector<float> weight;
};

std::vector<Spread> spread_of(const Taps<float>& taps, std::int64_t in) {
  std::vector<Spread> spreads(static_cast<std::size_t>(in));
  for (std::int64_t x = 0; x < taps.size(); ++x)
    for (std::int64_t t = 0; t < taps.count; ++t) {
      Spread& spread = spreads[static_cast<std::size_t>(taps.first[static_cast<std::size_t>(x)] + t)];
      if (spread.weight.empty()) spread.begin = x;
      spread.weight.push_back(taps.weights(x)[t]);
    }
  return spreads;
}

/// Both views of one axis' filter.
struct AxisFilter {
  std::int64_t in = 0, out = 0;
  double sigma = 0;
  Taps<float> taps;
  std::vector<Spread> spreads;
};

/// Kept between calls: one part after another asks for the same filter, and making it takes longer than using it.
const AxisFilter& axis_filter(int axis, std::int64_t in, std::int64_t out, double sigma) {
  thread_local AxisFilter kept[2];
  AxisFilter& filter = kept[axis];
  if (filter.in != in || filter.out != out || filter.sigma != sigma) {
    Taps<float> taps = smoothing_taps(in, out, sigma);
    std::vector<Spread> spreads = spread_of(taps, in);
    filter = {in, out, sigma, std::move(taps), std::move(spreads)};
  }
  return filter;
}

/// [h w] -> [h W]: every source value is added to the run of results that it reaches, which vectorises over them.
Tensor spread_rows(const Tensor& map, const std::vector<Spread>& spreads, std::int64_t width) {
  Tensor out = Tensor::zeros({map.dim(0), width});
  const float* source = map.data<float>();
  float* target = out.data<float>();
  for (std::int64_t y = 0; y < map.dim(0); ++y, target += width)
    for (const Spread& spread : spreads) {
      const float value = *source++;
      float* to = target + spread.begin;
      for (std::size_t i = 0; i < spread.weight.size(); ++i) to[i] += value * spread.weight[i];
    }
  return out;
}

}  // namespace

Tensor resize_smoothed(const Tensor& map, std::int64_t height, std::int64_t width, double sigma) {
  const bool enlarges = map.rank() == 2 && !map.empty() && 2 * map.dim(0) <= height && 2 * map.dim(1) <= width;
  if (!enlarges || !(sigma > 0 && sigma <= 1000)) return gaussian_blur(resize_bilinear(map, height, width), sigma);
  const Taps<float>& rows = axis_filter(0, map.dim(0), height, sigma).taps;
  const Tensor stretched = spread_rows(map, axis_filter(1, map.dim(1), width, sigma).spreads, width);
  Tensor out({height, width});
  const float* source = stretched.data<float>();
  float* target = out.data<float>();
  constexpr std::int64_t kProductsPerTask = 1 << 20;  // below, threads cost more than they save
  parallel_for(
      height,
      [&](std::int64_t y) {
        filter_columns(source + rows.first[static_cast<std::size_t>(y)] * width, width, target + y * width, width,
                       rows.weights(y), rows.count);
      },
      kProductsPerTask / (width * rows.count) + 1);
  return out;
}

}  // namespace vigie

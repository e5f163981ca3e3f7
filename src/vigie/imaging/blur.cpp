#include "vigie/imaging/blur.h"

#include <algorithm>
#include <vector>

#include "vigie/core/threads.h"
#include "vigie/imaging/gaussian_kernel.h"
#include "vigie/imaging/lanes.h"

namespace vigie {

namespace {

constexpr std::int64_t kRowsPerTask = 8;

/// target[i] = sum over distances k of weights[k] * (line(-k)[i] + line(k)[i]), tile by tile, the sums in registers.
template <typename Line>
void symmetric_sum(const std::vector<float>& weights, const Line& line, float* target, std::int64_t count) {
  constexpr int kWide = 8, kParts = 4;
  const auto radius = static_cast<std::int64_t>(weights.size()) - 1;
  std::int64_t i = 0;
  for (; i + kWide * kParts <= count; i += kWide * kParts) {
    Lanes<float, kWide> sums[kParts];
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) sums[p] = weights[0] * load_lanes<kWide>(line(0) + i + p * kWide);
    for (std::int64_t k = 1; k <= radius; ++k) {
      const float* before = line(-k) + i;
      const float* after = line(k) + i;
#pragma GCC unroll 4
      for (int p = 0; p < kParts; ++p)
        sums[p] += weights[static_cast<std::size_t>(k)] *
                   (load_lanes<kWide>(before + p * kWide) + load_lanes<kWide>(after + p * kWide));
    }
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) store_lanes<kWide>(sums[p], target + i + p * kWide);
  }
  for (; i < count; ++i) {
    float sum = weights[0] * line(0)[i];
    for (std::int64_t k = 1; k <= radius; ++k) sum += weights[static_cast<std::size_t>(k)] * (line(-k)[i] + line(k)[i]);
    target[i] = sum;
  }
}

Tensor blur_vertically(const Tensor& map, const std::vector<float>& weights) {
  const std::int64_t height = map.dim(0), width = map.dim(1);
  const auto radius = static_cast<std::int64_t>(weights.size()) - 1;
  std::vector<const float*> rows;  // of positions -radius … height + radius - 1
  for (std::int64_t y = -radius; y < height + radius; ++y)
    rows.push_back(map.data<float>() + mirrored(y, height) * width);
  Tensor out(map.shape());
  float* target = out.data<float>();
  const auto blur_row = [&](std::int64_t y) {
    const float* const* centre = rows.data() + y + radius;
    symmetric_sum(
        weights, [centre](std::int64_t k) { return centre[k]; }, target + y * width, width);
  };
  parallel_for(height, blur_row, kRowsPerTask);
  return out;
}

void blur_rows_in_place(Tensor& map, const std::vector<float>& weights) {
  const std::int64_t height = map.dim(0), width = map.dim(1);
  const auto radius = static_cast<std::int64_t>(weights.size()) - 1;
  float* values = map.data<float>();
  const auto blur_row = [&](std::int64_t y) {
    thread_local std::vector<float> padded;
    padded.resize(static_cast<std::size_t>(width + 2 * radius));
    float* row = values + y * width;
    float* centre = padded.data() + radius;
    std::copy_n(row, width, centre);
    for (std::int64_t k = 0; k < radius; ++k) {
      centre[-1 - k] = row[mirrored(-1 - k, width)];
      centre[width + k] = row[mirrored(width + k, width)];
    }
    symmetric_sum(
        weights, [centre](std::int64_t k) { return centre + k; }, row, width);
  };
  parallel_for(height, blur_row, kRowsPerTask);
}

}  // namespace

Tensor gaussian_blur(const Tensor& map, double sigma) {
  VIGIE_CHECK(map.rank() == 2, "gaussian_blur", "a map [H W] is needed, got {}", to_string(map.shape()));
  VIGIE_CHECK(sigma >= 0 && sigma <= 1000, "gaussian_blur", "sigma must be 0 … 1000 pixels, got {}", sigma);
  if (map.empty() || 4.0 * sigma + 0.5 < 1.0) return map.clone();
  const std::vector<float> weights = gaussian_half_kernel(sigma);
  Tensor out = blur_vertically(map, weights);
  blur_rows_in_place(out, weights);
  return out;
}

}  // namespace vigie

#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace vigie {

/// Weights at distance 0 … radius = round(4 sigma); the full, symmetric kernel sums to 1.
inline std::vector<float> gaussian_half_kernel(double sigma) {
  const auto radius = static_cast<std::int64_t>(4.0 * sigma + 0.5);
  std::vector<double> weights(static_cast<std::size_t>(radius) + 1, 1.0);
  double sum = 1;
  for (std::size_t k = 1; k < weights.size(); ++k) {
    weights[k] = std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma));
    sum += 2 * weights[k];
  }
  for (double& weight : weights) weight /= sum;
  return {weights.begin(), weights.end()};
}

/// Index in 0 … count-1 of position i when the line is mirrored at its ends, the end pixels repeated:
/// b a | a b c | c b.
inline std::int64_t mirrored(std::int64_t i, std::int64_t count) {
  if (i >= 0 && i < count) return i;
  i %= 2 * count;
  if (i < 0) i += 2 * count;
  return i < count ? i : 2 * count - 1 - i;
}

}  // namespace vigie

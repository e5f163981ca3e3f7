#pragma once

#include <cstdint>
#include <vector>

namespace vigie {

/// A Gabor filter on a size x size grid: a wave under a Gaussian that is longer along its lines than across them.
struct GaborSpec {
  std::int64_t size = 7;      ///< odd, pixels
  double wavelength = 5.0;    ///< pixels
  double sigma_across = 1.6;  ///< pixels
  double sigma_along = 2.2;   ///< pixels
  double angle = 0.0;         ///< radians; direction of the wave, x to the right, y down (0: vertical lines)
  bool odd = false;           ///< sine (answers to edges) instead of cosine (answers to lines)
};

/// Row-major [size size]; sums to 0, absolute values sum to 1: flat surfaces give 0, and a full-contrast pattern at
/// most 1/2.
std::vector<float> gabor(const GaborSpec& spec);

/// Binomial low-pass filter [size size], the sum is 1.
std::vector<float> binomial(std::int64_t size);

}  // namespace vigie

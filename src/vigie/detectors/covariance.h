#pragma once

#include <cstdint>
#include <vector>

namespace vigie {

/// N samples of D floats: sample i starts at first + i · stride.
struct Samples {
  const float* first = nullptr;
  std::int64_t stride = 0;
  std::int64_t count = 0;
  std::int64_t dims = 0;
};

struct GaussianFit {
  std::vector<double> mean;        ///< [D]
  std::vector<double> covariance;  ///< [D D], symmetric
};

/// Mean and unbiased covariance (divisor N − 1, as numpy.cov). N >= 2.
GaussianFit sample_gaussian(const Samples& samples);

/// The covariance shrunk towards a multiple of the identity with the intensity that minimises the expected squared
/// error (Ledoit & Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices"), divisor N, as
/// sklearn.covariance.ledoit_wolf.
struct ShrunkGaussian : GaussianFit {
  double shrinkage = 0;  ///< 0 … 1
};
ShrunkGaussian ledoit_wolf(const Samples& samples);

}  // namespace vigie

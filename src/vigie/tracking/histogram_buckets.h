#pragma once

#include <span>
#include <vector>

namespace vigie {

/// What TensorBoard draws as a histogram. Bucket i counts values in [limits[i - 1], limits[i]).
struct HistogramBuckets {
  double min = 0, max = 0, count = 0, sum = 0, sum_of_squares = 0;
  std::vector<double> limits;  ///< ascending
  std::vector<double> counts;  ///< as many as limits
};

/// Buckets whose limits grow by a tenth from 1e-12 to 1e20 on both sides of 0, so that weights and gradients of any
/// size keep their shape. The first bucket is empty and closes the second one on the left; runs of empty buckets are
/// one. NaN and infinities are left out; count is 0 and the lists are empty when nothing is left.
HistogramBuckets histogram_buckets(std::span<const float> values);

}  // namespace vigie

#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// Mean and covariance of many rows that come in batches: products in float about the first batch's mean, sums in
/// double.
class MomentSums {
 public:
  /// rows F32 [n D].
  void add(const Tensor& rows);
  std::int64_t count() const { return count_; }

  struct Components {
    Tensor mean;   ///< F32 [D]
    Tensor basis;  ///< F32 [k D], orthonormal rows, largest variance first
  };
  /// The fewest principal components that keep `variance` of the total, at most max_components (0: no cap) and D − 1,
  /// at least 1. D >= 2, at least 2 rows.
  Components principal_components(double variance, std::int64_t max_components) const;

 private:
  std::int64_t count_ = 0;
  Tensor shift_;                  ///< F32 [D]
  std::vector<double> sums_;      ///< [D], of rows − shift
  std::vector<double> products_;  ///< [D D]
};

}  // namespace vigie

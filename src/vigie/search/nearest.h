#pragma once

#include "vigie/core/tensor.h"

namespace vigie {

/// K nearest bank rows of every query row.
struct Neighbours {
  Tensor distances;  ///< F32 [N K], Euclidean, ascending
  Tensor indices;    ///< I64 [N K]
};

/// Exact search over a bank F32 [M D] by blocked matrix products: |q|² − 2 q·b + |b|², the best candidates re-measured
/// directly (sum of squared differences) so that cancellation does not reach the result; ties go to the lower index.
/// Time 2·N·M·D FLOP, scratch O(block). Throws InvalidArgument when K is not in 1 … M or D differs.
class NearestNeighbours {
 public:
  explicit NearestNeighbours(Tensor bank);
  Neighbours search(const Tensor& queries, std::int64_t k) const;
  const Tensor& bank() const { return bank_; }

 private:
  Tensor bank_;
  std::vector<float> squared_norms_;
};

/// The slow, obvious reference.
Neighbours search_brute_force(const Tensor& bank, const Tensor& queries, std::int64_t k);

}  // namespace vigie

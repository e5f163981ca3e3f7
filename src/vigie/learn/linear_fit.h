#pragma once

#include "vigie/learn/torch.h"

namespace vigie::learn {

/// Finds the metric of one student layer: the linear map R, C x C, for which distances between R·f equal those between
/// the best linear predictions W·f of the teacher's features t from the student's f. W is the least-squares solution
/// and R the Cholesky factor of WᵀW (transposed), so |R(f - g)| = |W(f - g)| for all f, g. Sums in double.
class MetricFit {
 public:
  /// student F32 [B h w C], teacher F32 [B h w D] of the same images and grid.
  void add(const Tensor& student, const Tensor& teacher);
  /// R as the weight of a 1x1 convolution, F32 [C C 1 1]. Throws InvalidArgument before any add().
  Tensor weight() const;

 private:
  torch::Tensor products_, targets_;  ///< Σ f fᵀ [C C], Σ f tᵀ [C D]
  torch::Tensor sum_, teacher_sum_;   ///< Σ f [C], Σ t [D]
  double rows_ = 0;
};

}  // namespace vigie::learn

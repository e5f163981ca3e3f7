#pragma once

#include "vigie/learn/torch.h"

namespace vigie::learn {

/// Least squares: how well one student layer's features f [C] predict the teacher's t [D] of the same place, t ≈ W f +
/// b. Sums in double.
class LinearFit {
 public:
  /// student F32 [B h w C], teacher F32 [B h w D] of the same images and grid.
  void add(const Tensor& student, const Tensor& teacher);

  struct Prediction {
    torch::Tensor weight, bias;  ///< W [D C] and b [D], in double
  };

  // Both throw InvalidArgument before any add().

  Prediction prediction() const;
  /// The linear map R, C x C, for which distances between R·f equal those between the predictions: the Cholesky factor
  /// of WᵀW (transposed), so |R(f - g)| = |W(f - g)| for all f, g. As the weight of a 1x1 convolution, F32 [C C 1 1].
  Tensor metric() const;

 private:
  torch::Tensor products_, targets_;  ///< Σ f fᵀ [C C], Σ f tᵀ [C D]
  torch::Tensor sum_, teacher_sum_;   ///< Σ f [C], Σ t [D]
  double rows_ = 0;
};

}  // namespace vigie::learn

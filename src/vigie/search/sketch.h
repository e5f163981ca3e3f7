#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// A map from rows [D] to shorter or simpler rows [d] under which no distance grows: ‖s(x) − s(y)‖ <= scale · ‖x − y‖.
/// A distance measured between sketches therefore bounds the real one from below.
///   centred:    s(x) = scale · (x − mean)
///   projected:  s(x) = scale · (Q (x − mean), ‖x − mean − QᵀQ (x − mean)‖), Q with orthonormal rows: what Q leaves out
///               is kept as one number, since | ‖u‖ − ‖v‖ | <= ‖u − v‖.
/// `scale` is a power of two that brings the bank's largest row near 1, so that floats neither overflow nor vanish.
class Sketch {
 public:
  static Sketch centred(const Tensor& bank);
  /// This centred sketch with a projection. Nothing when the bank's leading `directions` hold less than half of its
  /// variance: it has no such structure.
  std::optional<Sketch> projected(const Tensor& bank, std::int64_t directions) const;

  std::int64_t dims() const { return basis_.empty() ? static_cast<std::int64_t>(mean_.size()) : directions() + 1; }
  double scale() const { return scale_; }

  /// out F32 [count dims()]; errors[i] >= ‖out row i − s(rows i)‖, whatever floats did on the way.
  void apply(const float* rows, std::int64_t count, float* out, float* errors) const;

 private:
  std::int64_t directions() const { return static_cast<std::int64_t>(directions_); }
  void centre(const float* rows, std::int64_t count, std::int64_t first, std::int64_t width, float* out) const;
  void project(const float* rows, std::int64_t count, float* out, std::vector<double>& squared) const;
  void set_basis(const Tensor& basis);

  std::vector<float> mean_;
  double scale_ = 1;
  std::int64_t directions_ = 0;
  std::vector<float> basis_;  ///< slices of kSlice columns, each [directions width]
  double defect_ = 0;         ///< ‖B − Q‖ for the basis B as floats hold it, Q exactly orthonormal
};

}  // namespace vigie

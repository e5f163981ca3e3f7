#pragma once

#include <optional>

#include "vigie/core/tensor_map.h"
#include "vigie/engine/session.h"

namespace vigie::engine {

/// Measures what int8 costs one step: runs it in F32 alone, with weights and inputs rounded as int8 would round them.
/// Sums of int8 products are exact, so this is what int8 kernels compute, on any processor.
class StepNoise {
 public:
  /// `formats` by value: what each input is rounded to; a value without one is left as it is.
  StepNoise(const Program& program, std::size_t step, const TensorMap& weights,
            const std::vector<std::optional<Format>>& formats, const dnnl::engine& cpu);

  /// `values` by value: exact F32 tensors of all that the step reads and writes.
  void add(const std::vector<Tensor>& values);

  const nn::Node& node() const { return program_.node(program_.steps[0].node); }
  double sqnr_db() const;

 private:
  Program program_;
  std::vector<std::optional<Format>> formats_;  // by input of the step
  dnnl::engine cpu_;
  WeightStore weights_;
  std::optional<Session> session_;
  Shape prepared_for_;  // of the first input
  double signal_ = 0;
  double error_ = 0;
};

}  // namespace vigie::engine

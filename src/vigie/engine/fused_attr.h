#pragma once

#include <vector>

#include "vigie/engine/kernels.h"
#include "vigie/engine/onednn.h"

namespace vigie::engine {

/// An activation, Exp or Scale as a chain of oneDNN's element-wise operations.
std::vector<onednn::Eltwise> eltwise_chain(const nn::Node& node);

/// Attributes of a step without residual and activation: scratch memory comes from us.
dnnl::primitive_attr plain_attr();

/// Attributes of a fused step: residual first (a sum when in place), then the activation. A step that reads quantised
/// values multiplies its integer sums by per-channel scales first.
struct FusedAttr {
  dnnl::primitive_attr attr;
  std::vector<onednn::Argument> arguments;  ///< what the attributes read at every run
  std::vector<float> bias_divisors;         ///< by output channel; empty where the bias is added as it is
};
FusedAttr fused_attr(const Site& site, const Step& step, int overwritten, const dnnl::memory::desc& residual);

/// Binds the residual of a step made with fused_attr.
void bind_residual(PrimitiveCall& call, const Step& step, int overwritten, const dnnl::memory::desc& residual);

}  // namespace vigie::engine

#pragma once

#include <dnnl.hpp>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vigie/engine/program.h"
#include "vigie/engine/weight_store.h"

namespace vigie::engine {

/// What a kernel finds when it runs: where every value lives, and memory to scribble on.
struct Frame {
  std::vector<float*> values;
  void* scratchpad = nullptr;
  dnnl::stream stream;
};

using Kernel = std::function<void(const Frame&)>;

/// What kernels are made from.
struct Site {
  const Program& program;
  const std::vector<Shape>& shapes;  ///< by value
  WeightStore& weights;
  dnnl::engine cpu;
  std::size_t scratchpad_bytes = 0;  ///< the most that any kernel made so far wants

  const nn::Node& node(const Step& step) const { return program.graph.nodes[static_cast<std::size_t>(step.node)]; }
  const Shape& shape(int value) const { return shapes[static_cast<std::size_t>(value)]; }
};

/// The kernel of a step; `overwritten` is the value whose memory the result takes over, or -1.
Kernel make_kernel(Site& site, const Step& step, int overwritten);

Kernel make_convolution(Site& site, const Step& step, int overwritten);
Kernel make_transposed_convolution(Site& site, const Step& step);
Kernel make_linear(Site& site, const Step& step, int overwritten);
Kernel make_matrix_product(Site& site, const Step& step);
Kernel make_max_pool(Site& site, const Step& step);
Kernel make_upsample(Site& site, const Step& step);
Kernel make_binary(Site& site, const Step& step, int overwritten);
Kernel make_softmax(Site& site, const Step& step);
Kernel make_layer_norm(Site& site, const Step& step);
Kernel make_activation(Site& site, const Step& step);

/// A oneDNN primitive with its arguments: some are values and move from run to run, the others are weights.
class PrimitiveCall {
 public:
  PrimitiveCall(Site& site, const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad);

  void bind(int argument, const dnnl::memory::desc& desc, int value);
  void hold(int argument, std::shared_ptr<const dnnl::memory> weight);
  void operator()(const Frame& frame) const;

 private:
  dnnl::engine cpu_;
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
  std::vector<std::pair<int, int>> values_;  // argument, value
  std::vector<std::shared_ptr<const dnnl::memory>> held_;
};

/// [B h w C] as oneDNN sees it: dimensions B C h w, channels innermost.
dnnl::memory::desc image_desc(const Shape& shape);
/// Any shape as [rows C].
dnnl::memory::desc rows_desc(const Shape& shape);
std::int64_t rows_of(const Shape& shape);
dnnl::memory::desc vector_desc(std::int64_t count);

/// Attributes of a fused step: residual first (a sum when in place), then the activation; scratchpad from us.
dnnl::primitive_attr fused_attr(const Site& site, const Step& step, int overwritten, const dnnl::memory::desc& result);
/// Binds the residual of a step made with fused_attr.
void bind_residual(PrimitiveCall& call, const Step& step, int overwritten, const dnnl::memory::desc& result);

}  // namespace vigie::engine

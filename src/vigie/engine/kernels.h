#pragma once

#include <functional>
#include <vector>

#include "vigie/engine/onednn.h"
#include "vigie/engine/primitive_call.h"
#include "vigie/engine/program.h"
#include "vigie/engine/weight_store.h"

namespace vigie::engine {

using Kernel = std::function<void(const Frame&)>;

/// What kernels are made from.
struct Site {
  const Program& program;
  const std::vector<Shape>& shapes;  ///< by node
  WeightStore& weights;
  dnnl::engine cpu;
  std::size_t scratchpad_bytes = 0;  ///< the most that any kernel made so far wants

  const nn::Node& node(const Step& step) const { return program.node(step.node); }
  const Shape& shape(int value) const { return shapes[static_cast<std::size_t>(program.value(value).node)]; }
  const Format& format(int value) const { return program.value(program.storage(value)).format; }

  /// A value [B h w C] as oneDNN sees it: dimensions B C h w, channels innermost.
  dnnl::memory::desc image(int value) const;
  /// A value of any shape as [rows C].
  dnnl::memory::desc rows(int value) const;
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
Kernel make_affine(Site& site, const Step& step);
Kernel make_concat(Site& site, const Step& step);
Kernel make_slice(Site& site, const Step& step);
Kernel make_mask(Site& site, const Step& step);
Kernel make_l2_norm(Site& site, const Step& step);
Kernel make_global_average(Site& site, const Step& step);
Kernel make_average_pool(Site& site, const Step& step);
Kernel make_conversion(Site& site, const Step& step);

std::int64_t rows_of(const Shape& shape);
dnnl::memory::desc vector_desc(std::int64_t count, ElementType type = ElementType::F32);
/// A parameter of few numbers, in memory of its own.
std::shared_ptr<const dnnl::memory> vector_memory(const Site& site, std::span<const float> values);

}  // namespace vigie::engine

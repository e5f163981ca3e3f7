#include "vigie/engine/kernels.h"

#include <algorithm>
#include <cmath>

#include "vigie/engine/loops.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using dnnl::algorithm;
using nn::Op;

struct Eltwise {
  algorithm kind;
  float alpha = 0;
  float beta = 0;
};

/// The activation as a chain of oneDNN's element-wise operations.
std::vector<Eltwise> eltwise_chain(const nn::Node& node) {
  switch (node.op) {
    case Op::Relu:
      return {{algorithm::eltwise_relu}};
    case Op::LeakyRelu:
      return {{algorithm::eltwise_relu, static_cast<float>(nn::attr(node, "slope"))}};
    case Op::Relu6:
      return {{algorithm::eltwise_clip, 0, 6}};
    case Op::Sigmoid:
      return {{algorithm::eltwise_logistic}};
    case Op::Silu:
      return {{algorithm::eltwise_swish, 1}};
    case Op::Gelu:
      return {{algorithm::eltwise_gelu_erf}};
    case Op::Tanh:
      return {{algorithm::eltwise_tanh}};
    case Op::HardSwish:
      return {{algorithm::eltwise_hardswish}};
    case Op::HardSigmoid:
      return {{algorithm::eltwise_linear, 1.0F / 6, 0.5F}, {algorithm::eltwise_clip, 0, 1}};
    default:
      fail(ErrorKind::Internal, "Engine", "'{}' is not an activation", node.name);
  }
}

Kernel make_affine(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const auto param = [&](std::size_t i) { return site.weights.plain(node.params[i]).values<float>(); };
  std::vector<float> scale;
  std::vector<float> shift;
  for (std::size_t c = 0; c < param(0).size(); ++c) {
    const double s = param(0)[c] / std::sqrt(static_cast<double>(param(3)[c]) + nn::attr(node, "epsilon"));
    scale.push_back(static_cast<float>(s));
    shift.push_back(static_cast<float>(param(1)[c] - s * param(2)[c]));
  }
  return [=, rows = rows_of(site.shape(step.output))](const Frame& frame) {
    affine_rows(frame.values[static_cast<std::size_t>(step.inputs[0])],
                frame.values[static_cast<std::size_t>(step.output)], rows, scale, shift, step.activation >= 0);
  };
}

Kernel make_concat(Site& site, const Step& step) {
  std::vector<std::int64_t> widths;
  for (const int input : step.inputs) widths.push_back(site.shape(input).back());
  return [=, rows = rows_of(site.shape(step.output))](const Frame& frame) {
    std::vector<const float*> parts;
    for (const int input : step.inputs) parts.push_back(frame.values[static_cast<std::size_t>(input)]);
    concat_rows(parts, widths, frame.values[static_cast<std::size_t>(step.output)], rows);
  };
}

Kernel make_global_average(Site& site, const Step& step) {
  return [=, shape = site.shape(step.inputs[0])](const Frame& frame) {
    global_average(frame.values[static_cast<std::size_t>(step.inputs[0])],
                   frame.values[static_cast<std::size_t>(step.output)], shape);
  };
}

Kernel make_average_pool(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const AveragePool pool{nn::int_attr(node, "kernel"), nn::int_attr(node, "stride"), nn::int_attr(node, "pad"),
                         nn::attr(node, "count_include_pad") != 0};
  return [=, in = site.shape(step.inputs[0]), out = site.shape(step.output)](const Frame& frame) {
    average_pool(frame.values[static_cast<std::size_t>(step.inputs[0])], in,
                 frame.values[static_cast<std::size_t>(step.output)], out, pool);
  };
}

}  // namespace

Kernel make_kernel(Site& site, const Step& step, int overwritten) {
  const nn::Node& node = site.node(step);
  switch (node.op) {
    case Op::Conv2d:
      return make_convolution(site, step, overwritten);
    case Op::ConvTranspose2d:
      return make_transposed_convolution(site, step);
    case Op::Linear:
      return make_linear(site, step, overwritten);
    case Op::MatMul:
      return make_matrix_product(site, step);
    case Op::MaxPool:
      return make_max_pool(site, step);
    case Op::Upsample:
      return make_upsample(site, step);
    case Op::Add:
    case Op::Mul:
      return make_binary(site, step, overwritten);
    case Op::Softmax:
      return make_softmax(site, step);
    case Op::LayerNorm:
      return make_layer_norm(site, step);
    case Op::BatchNorm:
      return make_affine(site, step);
    case Op::Concat:
      return make_concat(site, step);
    case Op::GlobalAvgPool:
      return make_global_average(site, step);
    case Op::AvgPool:
      return make_average_pool(site, step);
    default:
      return make_activation(site, step);
  }
}

Kernel make_activation(Site& site, const Step& step) {
  const auto chain = eltwise_chain(site.node(step));
  if (chain.size() > 1)
    return [=, count = count_of(site.shape(step.output))](const Frame& frame) {
      hard_sigmoid(frame.values[static_cast<std::size_t>(step.inputs[0])],
                   frame.values[static_cast<std::size_t>(step.output)], count);
    };
  const dnnl::memory::desc desc = vector_desc(count_of(site.shape(step.output)));
  const dnnl::eltwise_forward::primitive_desc description(
      {dnnl::prop_kind::forward_inference, chain[0].kind, desc, chain[0].alpha, chain[0].beta},
      fused_attr(site, {}, -1, desc), site.cpu);
  PrimitiveCall call(site, dnnl::eltwise_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, desc, step.inputs[0]);
  call.bind(DNNL_ARG_DST, desc, step.output);
  return call;
}

PrimitiveCall::PrimitiveCall(Site& site, const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad)
    : cpu_(site.cpu), primitive_(primitive) {
  site.scratchpad_bytes = std::max(site.scratchpad_bytes, scratchpad.get_size());
  arguments_.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(scratchpad, cpu_, DNNL_MEMORY_NONE));
}

void PrimitiveCall::bind(int argument, const dnnl::memory::desc& desc, int value) {
  arguments_.emplace(argument, dnnl::memory(desc, cpu_, DNNL_MEMORY_NONE));
  values_.emplace_back(argument, value);
}

void PrimitiveCall::hold(int argument, std::shared_ptr<const dnnl::memory> weight) {
  arguments_.emplace(argument, *weight);
  held_.push_back(std::move(weight));
}

void PrimitiveCall::operator()(const Frame& frame) const {
  arguments_.at(DNNL_ARG_SCRATCHPAD).set_data_handle(frame.scratchpad);
  for (const auto& [argument, value] : values_)
    arguments_.at(argument).set_data_handle(frame.values[static_cast<std::size_t>(value)]);
  primitive_.execute(frame.stream, arguments_);
}

dnnl::memory::desc image_desc(const Shape& shape) {
  return {{shape[0], shape[3], shape[1], shape[2]}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::nhwc};
}

std::int64_t rows_of(const Shape& shape) {
  return count_of(shape) / shape.back();
}

dnnl::memory::desc rows_desc(const Shape& shape) {
  return {{rows_of(shape), shape.back()}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::ab};
}

dnnl::memory::desc vector_desc(std::int64_t count) {
  return {{count}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a};
}

dnnl::primitive_attr fused_attr(const Site& site, const Step& step, int overwritten, const dnnl::memory::desc& result) {
  dnnl::post_ops after;
  if (step.residual >= 0 && overwritten == step.residual) after.append_sum(1.0F);
  if (step.residual >= 0 && overwritten != step.residual) after.append_binary(algorithm::binary_add, result);
  if (step.activation >= 0)
    for (const Eltwise& part : eltwise_chain(site.program.graph.nodes[static_cast<std::size_t>(step.activation)]))
      after.append_eltwise(1.0F, part.kind, part.alpha, part.beta);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

void bind_residual(PrimitiveCall& call, const Step& step, int overwritten, const dnnl::memory::desc& result) {
  if (step.residual >= 0 && overwritten != step.residual)
    call.bind(DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, result, step.residual);
}

}  // namespace vigie::engine

#include "vigie/engine/kernels.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using desc = dnnl::memory::desc;
using tag = dnnl::memory::format_tag;
using dims = dnnl::memory::dims;
constexpr auto kF32 = dnnl::memory::data_type::f32;
constexpr auto kInference = dnnl::prop_kind::forward_inference;

/// Attributes of a convolution as oneDNN counts them.
struct Window {
  dims strides, dilation, before, after;
};

Window window_of(const nn::Node& node, std::int64_t dilation) {
  const std::int64_t stride = nn::int_attr(node, "stride");
  const std::int64_t pad = nn::int_attr(node, "pad");
  return {{stride, stride}, {dilation - 1, dilation - 1}, {pad, pad}, {pad, pad}};  // 0 is dense in oneDNN
}

desc bias_desc(const nn::Node& node) {
  return node.params.size() > 1 ? vector_desc(nn::int_attr(node, "out")) : desc();
}

/// Weight in the primitive's layout, and the bias if there is one.
template <typename Description>
void hold_parameters(PrimitiveCall& call, Site& site, const nn::Node& node, const desc& plain_weight,
                     const Description& description) {
  call.hold(DNNL_ARG_WEIGHTS, site.weights.get(node.params[0], plain_weight, description.weights_desc()));
  if (node.params.size() > 1)
    call.hold(DNNL_ARG_BIAS, site.weights.get(node.params[1], bias_desc(node), description.bias_desc()));
}

}  // namespace

Kernel make_convolution(Site& site, const Step& step, int overwritten) {
  const nn::Node& node = site.node(step);
  const desc source = image_desc(site.shape(step.inputs[0]));
  const desc result = image_desc(site.shape(step.output));
  const Window window = window_of(node, nn::int_attr(node, "dilation"));
  const std::int64_t groups = nn::int_attr(node, "groups");
  const Shape& weight = site.weights.plain(node.params[0]).shape();
  const dims extents = groups == 1 ? dims(weight) : dims{groups, weight[0] / groups, weight[1], weight[2], weight[3]};
  const dnnl::convolution_forward::primitive_desc description(
      {kInference, dnnl::algorithm::convolution_direct, source, desc(extents, kF32, tag::any), bias_desc(node), result,
       window.strides, window.dilation, window.before, window.after},
      fused_attr(site, step, overwritten, result), site.cpu);
  PrimitiveCall call(site, dnnl::convolution_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, source, step.inputs[0]);
  call.bind(DNNL_ARG_DST, result, step.output);
  hold_parameters(call, site, node, desc(extents, kF32, groups == 1 ? tag::oihw : tag::goihw), description);
  bind_residual(call, step, overwritten, result);
  return call;
}

Kernel make_transposed_convolution(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const desc source = image_desc(site.shape(step.inputs[0]));
  const desc result = image_desc(site.shape(step.output));
  Window window = window_of(node, 1);
  for (std::int64_t& pad : window.after) pad -= nn::int_attr(node, "output_pad");
  const Shape& weight = site.weights.plain(node.params[0]).shape();
  const dims extents{weight[1], weight[0], weight[2], weight[3]};
  const dnnl::deconvolution_forward::primitive_desc description(
      {kInference, dnnl::algorithm::deconvolution_direct, source, desc(extents, kF32, tag::any), bias_desc(node),
       result, window.strides, window.dilation, window.before, window.after},
      fused_attr(site, step, -1, result), site.cpu);
  PrimitiveCall call(site, dnnl::deconvolution_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, source, step.inputs[0]);
  call.bind(DNNL_ARG_DST, result, step.output);
  hold_parameters(call, site, node, desc(extents, kF32, tag::iohw), description);
  return call;
}

Kernel make_linear(Site& site, const Step& step, int overwritten) {
  const nn::Node& node = site.node(step);
  const desc source = rows_desc(site.shape(step.inputs[0]));
  const desc result = rows_desc(site.shape(step.output));
  const dims extents = site.weights.plain(node.params[0]).shape();
  const dnnl::inner_product_forward::primitive_desc description(
      {kInference, source, desc(extents, kF32, tag::any), bias_desc(node), result},
      fused_attr(site, step, overwritten, result), site.cpu);
  PrimitiveCall call(site, dnnl::inner_product_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, source, step.inputs[0]);
  call.bind(DNNL_ARG_DST, result, step.output);
  hold_parameters(call, site, node, desc(extents, kF32, tag::oi), description);
  bind_residual(call, step, overwritten, result);
  return call;
}

Kernel make_matrix_product(Site& site, const Step& step) {
  const auto batched = [](const Shape& shape, bool transposed) {
    const std::int64_t inner = shape.back();
    const std::int64_t outer = shape[shape.size() - 2];
    const std::int64_t batch = count_of(shape) / (inner * outer);
    return transposed ? desc({batch, inner, outer}, kF32, tag::acb) : desc({batch, outer, inner}, kF32, tag::abc);
  };
  const desc left = batched(site.shape(step.inputs[0]), false);
  const desc right = batched(site.shape(step.inputs[1]), nn::attr(site.node(step), "transpose_b") != 0);
  const desc result = batched(site.shape(step.output), false);
  const dnnl::matmul::primitive_desc description({left, right, result}, fused_attr(site, step, -1, result), site.cpu);
  PrimitiveCall call(site, dnnl::matmul(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, left, step.inputs[0]);
  call.bind(DNNL_ARG_WEIGHTS, right, step.inputs[1]);
  call.bind(DNNL_ARG_DST, result, step.output);
  return call;
}

}  // namespace vigie::engine

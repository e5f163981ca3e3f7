#include "vigie/engine/assign_formats.h"
#include "vigie/engine/fused_attr.h"
#include "vigie/engine/kernels.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using desc = dnnl::memory::desc;
using tag = dnnl::memory::format_tag;
using dims = dnnl::memory::dims;
using onednn::describe;
using onednn::kInference;

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

desc weight_desc(const Site& site, const Step& step, const dims& extents, tag layout) {
  return {extents, data_type_of(weight_type(site.program, step)), layout};
}

/// The parts that every product with a weight shares: input, result, residual, weight in the primitive's layout, bias.
template <typename Primitive>
Kernel product(Site& site, const Step& step, int overwritten, const desc& residual, const desc& plain_weight,
               const FusedAttr& fused, const typename Primitive::primitive_desc& description) {
  const nn::Node& node = site.node(step);
  PrimitiveCall call(site, Primitive(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, description.src_desc(), step.inputs[0]);
  call.bind(DNNL_ARG_DST, description.dst_desc(), step.output);
  call.hold(DNNL_ARG_WEIGHTS, site.weights.weight(node, plain_weight, description.weights_desc()));
  if (node.params.size() > 1) {
    const std::span<const float> bias = site.weights.vector(node.params[1]);
    std::vector<float> values(bias.begin(), bias.end());
    for (std::size_t c = 0; c < fused.bias_divisors.size(); ++c) values[c] /= fused.bias_divisors[c];
    call.hold(DNNL_ARG_BIAS, vector_memory(site, values));
  }
  for (const onednn::Argument& argument : fused.arguments) call.hold(argument.id, vector_memory(site, argument.values));
  bind_residual(call, step, overwritten, residual);
  return call;
}

}  // namespace

Kernel make_convolution(Site& site, const Step& step, int overwritten) {
  const nn::Node& node = site.node(step);
  const Window window = window_of(node, nn::int_attr(node, "dilation"));
  const std::int64_t groups = nn::int_attr(node, "groups");
  const Shape& weight = site.weights.shape(node.params[0]);
  const dims extents = groups == 1 ? dims(weight) : dims{groups, weight[0] / groups, weight[1], weight[2], weight[3]};
  const desc residual = step.residual >= 0 ? site.image(step.residual) : desc();
  const FusedAttr fused = fused_attr(site, step, overwritten, residual);
  const auto description = describe<dnnl::convolution_forward>(
      site.cpu, fused.attr, kInference, dnnl::algorithm::convolution_direct, site.image(step.inputs[0]),
      weight_desc(site, step, extents, tag::any), bias_desc(node), site.image(step.output), window.strides,
      window.dilation, window.before, window.after);
  const desc plain = weight_desc(site, step, extents, groups == 1 ? tag::oihw : tag::goihw);
  return product<dnnl::convolution_forward>(site, step, overwritten, residual, plain, fused, description);
}

Kernel make_transposed_convolution(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  Window window = window_of(node, 1);
  for (std::int64_t& pad : window.after) pad -= nn::int_attr(node, "output_pad");
  const Shape& weight = site.weights.shape(node.params[0]);
  const dims extents{weight[1], weight[0], weight[2], weight[3]};
  const FusedAttr fused = fused_attr(site, step, -1, {});
  const auto description = describe<dnnl::deconvolution_forward>(
      site.cpu, fused.attr, kInference, dnnl::algorithm::deconvolution_direct, site.image(step.inputs[0]),
      weight_desc(site, step, extents, tag::any), bias_desc(node), site.image(step.output), window.strides,
      window.dilation, window.before, window.after);
  const desc plain = weight_desc(site, step, extents, tag::iohw);
  return product<dnnl::deconvolution_forward>(site, step, -1, {}, plain, fused, description);
}

Kernel make_linear(Site& site, const Step& step, int overwritten) {
  const nn::Node& node = site.node(step);
  const dims extents = site.weights.shape(node.params[0]);
  const desc residual = step.residual >= 0 ? site.rows(step.residual) : desc();
  const FusedAttr fused = fused_attr(site, step, overwritten, residual);
  const auto description = describe<dnnl::inner_product_forward>(
      site.cpu, fused.attr, kInference, site.rows(step.inputs[0]), weight_desc(site, step, extents, tag::any),
      bias_desc(node), site.rows(step.output));
  const desc plain = weight_desc(site, step, extents, tag::oi);
  return product<dnnl::inner_product_forward>(site, step, overwritten, residual, plain, fused, description);
}

Kernel make_matrix_product(Site& site, const Step& step) {
  const auto batched = [&](int value, bool transposed) {
    const Shape& shape = site.shape(value);
    const auto type = data_type_of(site.format(value).type);
    const std::int64_t inner = shape.back();
    const std::int64_t outer = shape[shape.size() - 2];
    const std::int64_t batch = count_of(shape) / (inner * outer);
    return transposed ? desc({batch, inner, outer}, type, tag::acb) : desc({batch, outer, inner}, type, tag::abc);
  };
  const desc left = batched(step.inputs[0], false);
  const desc right = batched(step.inputs[1], nn::attr(site.node(step), "transpose_b") != 0);
  const desc result = batched(step.output, false);
  const auto description = describe<dnnl::matmul>(site.cpu, plain_attr(), left, right, result);
  PrimitiveCall call(site, dnnl::matmul(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, left, step.inputs[0]);
  call.bind(DNNL_ARG_WEIGHTS, right, step.inputs[1]);
  call.bind(DNNL_ARG_DST, result, step.output);
  return call;
}

}  // namespace vigie::engine

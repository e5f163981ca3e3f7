#include "vigie/engine/fused_attr.h"
#include "vigie/engine/kernels.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using desc = dnnl::memory::desc;
using dims = dnnl::memory::dims;
using dnnl::algorithm;
using onednn::describe;
using onednn::kInference;

/// Padding after the last pixel: what the last window needs, at least what was asked.
std::int64_t pad_after(std::int64_t in, std::int64_t out, const nn::Node& node) {
  const std::int64_t pad = nn::int_attr(node, "pad");
  const std::int64_t reach = (out - 1) * nn::int_attr(node, "stride") + nn::int_attr(node, "kernel");
  return std::max(pad, reach - in - pad);
}

algorithm binary_kind(nn::Op op) {
  if (op == nn::Op::Sub) return algorithm::binary_sub;
  return op == nn::Op::Add ? algorithm::binary_add : algorithm::binary_mul;
}

}  // namespace

Kernel make_max_pool(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const Shape& in = site.shape(step.inputs[0]);
  const Shape& out = site.shape(step.output);
  const std::int64_t kernel = nn::int_attr(node, "kernel");
  const std::int64_t stride = nn::int_attr(node, "stride");
  const std::int64_t pad = nn::int_attr(node, "pad");
  const dims after{pad_after(in[1], out[1], node), pad_after(in[2], out[2], node)};
  const auto description =
      onednn::describe_max_pool(site.cpu, plain_attr(), site.image(step.inputs[0]), site.image(step.output),
                                {stride, stride}, {kernel, kernel}, {pad, pad}, after);
  PrimitiveCall call(site, dnnl::pooling_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, site.image(step.inputs[0]), step.inputs[0]);
  call.bind(DNNL_ARG_DST, site.image(step.output), step.output);
  return call;
}

Kernel make_upsample(Site& site, const Step& step) {
  const bool bilinear = nn::attr(site.node(step), "mode") != 0;
  const desc source = site.image(step.inputs[0]);
  const desc result = site.image(step.output);
  const algorithm kind = bilinear ? algorithm::resampling_linear : algorithm::resampling_nearest;
  const auto description = describe<dnnl::resampling_forward>(site.cpu, plain_attr(), kInference, kind, source, result);
  PrimitiveCall call(site, dnnl::resampling_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, source, step.inputs[0]);
  call.bind(DNNL_ARG_DST, result, step.output);
  return call;
}

Kernel make_binary(Site& site, const Step& step, int overwritten) {
  const algorithm kind = binary_kind(site.node(step).op);
  // oneDNN broadcasts its second operand only, and works in place on its first only.
  const bool equal = site.shape(step.inputs[0]) == site.shape(step.inputs[1]);
  const bool swapped = equal ? overwritten == step.inputs[1] : site.shape(step.inputs[0]) != site.shape(step.output);
  const int first = step.inputs[swapped ? 1 : 0];
  const int second = step.inputs[swapped ? 0 : 1];
  const auto desc_of = [&](int value) { return equal ? site.rows(value) : site.image(value); };
  const auto description = describe<dnnl::binary>(site.cpu, fused_attr(site, step, -1, {}).attr, kind, desc_of(first),
                                                  desc_of(second), desc_of(step.output));
  PrimitiveCall call(site, dnnl::binary(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC_0, desc_of(first), first);
  call.bind(DNNL_ARG_SRC_1, desc_of(second), second);
  call.bind(DNNL_ARG_DST, desc_of(step.output), step.output);
  return call;
}

Kernel make_softmax(Site& site, const Step& step) {
  const desc rows = site.rows(step.output);
  const auto description = onednn::describe_softmax(site.cpu, plain_attr(), rows);
  PrimitiveCall call(site, dnnl::softmax_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, rows, step.inputs[0]);
  call.bind(DNNL_ARG_DST, rows, step.output);
  return call;
}

Kernel make_layer_norm(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const desc rows = site.rows(step.output);
  const auto description =
      onednn::describe_layer_norm(site.cpu, plain_attr(), rows, static_cast<float>(nn::attr(node, "epsilon")));
  PrimitiveCall call(site, dnnl::layer_normalization_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, rows, step.inputs[0]);
  call.bind(DNNL_ARG_DST, rows, step.output);
  call.hold(DNNL_ARG_SCALE, vector_memory(site, site.weights.vector(node.params[0])));
  call.hold(DNNL_ARG_SHIFT, vector_memory(site, site.weights.vector(node.params[1])));
  return call;
}

}  // namespace vigie::engine

#include "vigie/nn/builder.h"

#include "vigie/nn/ops.h"

namespace vigie::nn {

namespace {

std::map<std::string, double> conv_attrs(const ConvSpec& spec) {
  const std::int64_t pad = spec.pad >= 0 ? spec.pad : spec.dilation * (spec.kernel - 1) / 2;
  return {{"out", static_cast<double>(spec.out)},
          {"kernel_h", static_cast<double>(spec.kernel)},
          {"kernel_w", static_cast<double>(spec.kernel)},
          {"stride", static_cast<double>(spec.stride)},
          {"pad", static_cast<double>(pad)}};
}

std::map<std::string, double> pool_attrs(std::int64_t kernel, std::int64_t stride, std::int64_t pad, bool ceil_mode) {
  return {{"kernel", static_cast<double>(kernel)},
          {"stride", static_cast<double>(stride)},
          {"pad", static_cast<double>(pad)},
          {"ceil_mode", ceil_mode ? 1.0 : 0.0}};
}

std::vector<std::string> weight_names(const std::string& name, bool bias) {
  std::vector<std::string> names{name + ".weight"};
  if (bias) names.push_back(name + ".bias");
  return names;
}

}  // namespace

Ref GraphBuilder::append(Node node) {
  // '#' keeps generated names apart from those of layers.
  if (node.name.empty()) node.name = fmt::format("{}#{}", name_of(node.op), graph_.nodes.size());
  graph_.nodes.push_back(std::move(node));
  return {static_cast<int>(graph_.nodes.size()) - 1};
}

Ref GraphBuilder::input(std::int64_t channels, std::int64_t height, std::int64_t width) {
  return append({.op = Op::Input,
                 .name = "input",
                 .inputs = {},
                 .attrs = {{"channels", static_cast<double>(channels)},
                           {"height", static_cast<double>(height)},
                           {"width", static_cast<double>(width)}},
                 .params = {},
                 .text = {}});
}

Ref GraphBuilder::conv(const std::string& name, Ref x, const ConvSpec& spec) {
  Node node{Op::Conv2d, name, {x.node}, conv_attrs(spec), weight_names(name, spec.bias), {}};
  node.attrs["dilation"] = static_cast<double>(spec.dilation);
  node.attrs["groups"] = static_cast<double>(spec.groups);
  return append(std::move(node));
}

Ref GraphBuilder::conv_transpose(const std::string& name, Ref x, const ConvSpec& spec, std::int64_t output_pad) {
  VIGIE_CHECK(spec.groups == 1 && spec.dilation == 1, "GraphBuilder",
              "'{}': a transposed convolution has neither groups nor dilation", name);
  Node node{Op::ConvTranspose2d, name, {x.node}, conv_attrs(spec), weight_names(name, spec.bias), {}};
  node.attrs["output_pad"] = static_cast<double>(output_pad);
  return append(std::move(node));
}

Ref GraphBuilder::batch_norm(const std::string& name, Ref x, double epsilon) {
  return append({Op::BatchNorm,
                 name,
                 {x.node},
                 {{"epsilon", epsilon}},
                 {name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var"},
                 {}});
}

Ref GraphBuilder::layer_norm(const std::string& name, Ref x, double epsilon) {
  return append({Op::LayerNorm, name, {x.node}, {{"epsilon", epsilon}}, weight_names(name, true), {}});
}

Ref GraphBuilder::linear(const std::string& name, Ref x, std::int64_t out, bool bias) {
  return append({Op::Linear, name, {x.node}, {{"out", static_cast<double>(out)}}, weight_names(name, bias), {}});
}

Ref GraphBuilder::matmul(Ref a, Ref b, bool transpose_b) {
  return append({Op::MatMul, {}, {a.node, b.node}, {{"transpose_b", transpose_b ? 1.0 : 0.0}}, {}, {}});
}

Ref GraphBuilder::unary(Op op, Ref x) {
  return append({op, {}, {x.node}, {}, {}, {}});
}

Ref GraphBuilder::leaky_relu(Ref x, double slope) {
  return append({Op::LeakyRelu, {}, {x.node}, {{"slope", slope}}, {}, {}});
}

Ref GraphBuilder::max_pool(Ref x, std::int64_t kernel, std::int64_t stride, std::int64_t pad, bool ceil_mode) {
  return append({Op::MaxPool, {}, {x.node}, pool_attrs(kernel, stride, pad, ceil_mode), {}, {}});
}

Ref GraphBuilder::avg_pool(Ref x, std::int64_t kernel, std::int64_t stride, std::int64_t pad, bool count_include_pad) {
  Node node{Op::AvgPool, {}, {x.node}, pool_attrs(kernel, stride, pad, false), {}, {}};
  node.attrs["count_include_pad"] = count_include_pad ? 1.0 : 0.0;
  return append(std::move(node));
}

Ref GraphBuilder::add(Ref a, Ref b) {
  return append({Op::Add, {}, {a.node, b.node}, {}, {}, {}});
}
Ref GraphBuilder::mul(Ref a, Ref b) {
  return append({Op::Mul, {}, {a.node, b.node}, {}, {}, {}});
}
Ref GraphBuilder::sub(Ref a, Ref b) {
  return append({Op::Sub, {}, {a.node, b.node}, {}, {}, {}});
}

Ref GraphBuilder::scale(Ref x, double factor, double shift) {
  return append({Op::Scale, {}, {x.node}, {{"factor", factor}, {"shift", shift}}, {}, {}});
}

Ref GraphBuilder::mask(const std::string& name, Ref x, std::int64_t height, std::int64_t width) {
  return append({Op::Mask,
                 name,
                 {x.node},
                 {{"height", static_cast<double>(height)}, {"width", static_cast<double>(width)}},
                 weight_names(name, false),
                 {}});
}

Ref GraphBuilder::concat(const std::vector<Ref>& parts) {
  Node node{Op::Concat, {}, {}, {}, {}, {}};
  for (const Ref part : parts) node.inputs.push_back(part.node);
  return append(std::move(node));
}

Ref GraphBuilder::slice(Ref x, std::int64_t begin, std::int64_t end) {
  return append(
      {Op::Slice, {}, {x.node}, {{"begin", static_cast<double>(begin)}, {"end", static_cast<double>(end)}}, {}, {}});
}

Ref GraphBuilder::upsample(Ref x, std::int64_t scale, bool bilinear) {
  return append(
      {Op::Upsample, {}, {x.node}, {{"scale", static_cast<double>(scale)}, {"mode", bilinear ? 1.0 : 0.0}}, {}, {}});
}

Ref GraphBuilder::reshape(Ref x, const std::string& shape) {
  return append({Op::Reshape, {}, {x.node}, {}, {}, shape});
}

void GraphBuilder::output(const std::string& name, Ref x) {
  graph_.outputs.push_back({name, x.node});
}

Graph GraphBuilder::build() const {
  check_structure(graph_, ErrorKind::InvalidArgument);
  return graph_;
}

}  // namespace vigie::nn

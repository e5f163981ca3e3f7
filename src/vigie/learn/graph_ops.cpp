#include "vigie/learn/graph_ops.h"

#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

using nn::Op;
using torch::Tensor;
namespace F = torch::nn::functional;

constexpr double kBatchNormMomentum = 0.1;

// Operations over the last axis of the engine's layout see channels last.
Tensor channels_last(const Tensor& x) {
  return x.dim() == 4 ? x.permute({0, 2, 3, 1}) : x;
}
Tensor channels_first(const Tensor& x) {
  return x.dim() == 4 ? x.permute({0, 3, 1, 2}) : x;
}

std::int64_t channel_axis(const Tensor& x) {
  return x.dim() == 4 ? 1 : x.dim() - 1;
}

std::vector<std::int64_t> both(std::int64_t value) {
  return {value, value};
}

Tensor convolution(const NodeCall& c) {
  const auto get = [&](const char* key) { return nn::int_attr(c.node, key); };
  return torch::conv2d(c.inputs[0], c.parameter(0), c.optional_parameter(1), both(get("stride")), both(get("pad")),
                       both(get("dilation")), get("groups"));
}

Tensor transposed_convolution(const NodeCall& c) {
  const auto get = [&](const char* key) { return nn::int_attr(c.node, key); };
  return torch::conv_transpose2d(c.inputs[0], c.parameter(0), c.optional_parameter(1), both(get("stride")),
                                 both(get("pad")), both(get("output_pad")));
}

Tensor batch_norm(const NodeCall& c) {
  const Tensor& x = c.inputs[0];
  // Rows of features [B … C] take their statistics over all but the last axis.
  const bool rows = x.dim() != 4;
  const Tensor in = rows ? x.reshape({-1, x.size(-1)}) : x;
  const Tensor out = torch::batch_norm(in, c.parameter(0), c.parameter(1), c.parameter(2), c.parameter(3), c.training,
                                       kBatchNormMomentum, nn::attr(c.node, "epsilon"), false);
  return rows ? out.reshape(x.sizes()) : out;
}

Tensor layer_norm(const NodeCall& c) {
  const Tensor x = channels_last(c.inputs[0]);
  return channels_first(
      torch::layer_norm(x, {x.size(-1)}, c.parameter(0), c.parameter(1), nn::attr(c.node, "epsilon")));
}

Tensor linear(const NodeCall& c) {
  return channels_first(torch::linear(channels_last(c.inputs[0]), c.parameter(0), c.optional_parameter(1)));
}

Tensor matrix_product(const NodeCall& c) {
  const Tensor a = channels_last(c.inputs[0]);
  const Tensor b = channels_last(c.inputs[1]);
  const bool transposed = nn::attr(c.node, "transpose_b") != 0;
  return channels_first(torch::matmul(a, transposed ? b.transpose(-1, -2) : b));
}

Tensor max_pool(const NodeCall& c) {
  const auto get = [&](const char* key) { return nn::int_attr(c.node, key); };
  return torch::max_pool2d(c.inputs[0], both(get("kernel")), both(get("stride")), both(get("pad")), both(1),
                           get("ceil_mode") != 0);
}

Tensor average_pool(const NodeCall& c) {
  const auto get = [&](const char* key) { return nn::int_attr(c.node, key); };
  return torch::avg_pool2d(c.inputs[0], both(get("kernel")), both(get("stride")), both(get("pad")),
                           get("ceil_mode") != 0, get("count_include_pad") != 0);
}

Tensor upsample(const NodeCall& c) {
  const double scale = nn::attr(c.node, "scale");
  const auto options = F::InterpolateFuncOptions().scale_factor(std::vector<double>{scale, scale});
  if (nn::attr(c.node, "mode") == 0)
    return F::interpolate(c.inputs[0], F::InterpolateFuncOptions(options).mode(torch::kNearest));
  return F::interpolate(c.inputs[0], F::InterpolateFuncOptions(options).mode(torch::kBilinear).align_corners(false));
}

Tensor reshaped(const NodeCall& c) {
  const Tensor x = channels_last(c.inputs[0]);
  Shape shape = nn::extents_from_text(c.node.text);
  shape.insert(shape.begin(), x.size(0));
  return channels_first(x.reshape(shape));
}

Tensor concatenated(const NodeCall& c) {
  return torch::cat(c.inputs, channel_axis(c.inputs[0]));
}

Tensor sliced(const NodeCall& c) {
  return c.inputs[0].slice(channel_axis(c.inputs[0]), nn::int_attr(c.node, "begin"), nn::int_attr(c.node, "end"));
}

Tensor unit_length(const Tensor& x) {
  const std::int64_t axis = channel_axis(x);
  return x / x.norm(2, {axis}, true).clamp_min(1e-12);
}

Tensor scaled(const NodeCall& c) {
  return c.inputs[0] * nn::attr(c.node, "factor") + nn::attr(c.node, "shift");
}

}  // namespace

Tensor run_node(const NodeCall& c) {
  const Tensor& x = c.inputs.at(0);
  switch (c.node.op) {
    case Op::Input:
      return x;
    case Op::Conv2d:
      return convolution(c);
    case Op::ConvTranspose2d:
      return transposed_convolution(c);
    case Op::BatchNorm:
      return batch_norm(c);
    case Op::LayerNorm:
      return layer_norm(c);
    case Op::Linear:
      return linear(c);
    case Op::MatMul:
      return matrix_product(c);
    case Op::Relu:
      return torch::relu(x);
    case Op::LeakyRelu:
      return torch::leaky_relu(x, nn::attr(c.node, "slope"));
    case Op::Relu6:
      return torch::clamp(x, 0, 6);
    case Op::Sigmoid:
      return torch::sigmoid(x);
    case Op::Silu:
      return torch::silu(x);
    case Op::Gelu:
      return torch::gelu(x);
    case Op::Tanh:
      return torch::tanh(x);
    case Op::HardSwish:
      return torch::hardswish(x);
    case Op::HardSigmoid:
      return torch::hardsigmoid(x);
    case Op::Softmax:
      return torch::softmax(x, channel_axis(x));
    case Op::Exp:
      return torch::exp(x);
    case Op::Scale:
      return scaled(c);
    case Op::L2Norm:
      return unit_length(x);
    case Op::Slice:
      return sliced(c);
    case Op::Mask:
      return x * c.parameter(0);
    case Op::MaxPool:
      return max_pool(c);
    case Op::AvgPool:
      return average_pool(c);
    case Op::GlobalAvgPool:
      return x.mean({2, 3}, true);
    case Op::Add:
      return x + c.inputs.at(1);
    case Op::Sub:
      return x - c.inputs.at(1);
    case Op::Mul:
      return x * c.inputs.at(1);
    case Op::Concat:
      return concatenated(c);
    case Op::Upsample:
      return upsample(c);
    case Op::Reshape:
      return reshaped(c);
  }
  fail(ErrorKind::Internal, "learn", "operation {} cannot be trained", nn::name_of(c.node.op));
}

}  // namespace vigie::learn

#include <algorithm>
#include <cmath>

#include "vigie/engine/engine.h"
#include "vigie/engine/reference_ops.h"
#include "vigie/nn/ops.h"

namespace vigie {

namespace {

using nn::Op;
using reference::Value;

Value value_from_tensor(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return {tensor.shape(), {values.begin(), values.end()}};
}

Tensor tensor_from_value(const Value& value) {
  Tensor tensor(value.shape);
  std::ranges::transform(value.data, tensor.data<float>(), [](double x) { return static_cast<float>(x); });
  return tensor;
}

double activated(const nn::Node& node, double x) {
  switch (node.op) {
    case Op::Relu:
      return std::max(x, 0.0);
    case Op::LeakyRelu:
      return x >= 0 ? x : nn::attr(node, "slope") * x;
    case Op::Relu6:
      return std::clamp(x, 0.0, 6.0);
    case Op::Sigmoid:
      return 1 / (1 + std::exp(-x));
    case Op::Silu:
      return x / (1 + std::exp(-x));
    case Op::Gelu:
      return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    case Op::Tanh:
      return std::tanh(x);
    case Op::HardSwish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case Op::HardSigmoid:
      return std::clamp(x + 3, 0.0, 6.0) / 6;
    case Op::Exp:
      return std::exp(x);
    case Op::Scale:
      return nn::attr(node, "factor") * x + nn::attr(node, "shift");
    default:
      fail(ErrorKind::Internal, "run_reference", "'{}': operation not known", node.name);
  }
}

void normalise_channels(const nn::Node& node, const Value& in, const std::vector<Value>& params, Value& out) {
  const std::size_t channels = params[0].data.size();
  for (std::size_t i = 0; i < in.data.size(); ++i) {
    const std::size_t c = i % channels;
    const double deviation = std::sqrt(params[3].data[c] + nn::attr(node, "epsilon"));
    out.data[i] = (in.data[i] - params[2].data[c]) / deviation * params[0].data[c] + params[1].data[c];
  }
}

void normalise_rows(const nn::Node& node, const Value& in, const std::vector<Value>& params, Value& out) {
  const std::size_t width = params[0].data.size();
  for (std::size_t row = 0; row < in.data.size(); row += width) {
    double mean = 0, variance = 0;
    for (std::size_t c = 0; c < width; ++c) mean += in.data[row + c] / static_cast<double>(width);
    for (std::size_t c = 0; c < width; ++c)
      variance += std::pow(in.data[row + c] - mean, 2) / static_cast<double>(width);
    const double deviation = std::sqrt(variance + nn::attr(node, "epsilon"));
    for (std::size_t c = 0; c < width; ++c)
      out.data[row + c] = (in.data[row + c] - mean) / deviation * params[0].data[c] + params[1].data[c];
  }
}

void softmax(const Value& in, Value& out) {
  const auto width = static_cast<std::size_t>(in.shape.back());
  for (std::size_t row = 0; row < in.data.size(); row += width) {
    const double largest = *std::max_element(&in.data[row], &in.data[row] + width);
    double sum = 0;
    for (std::size_t c = 0; c < width; ++c) sum += out.data[row + c] = std::exp(in.data[row + c] - largest);
    for (std::size_t c = 0; c < width; ++c) out.data[row + c] /= sum;
  }
}

void normalise_lengths(const Value& in, Value& out) {
  const auto width = static_cast<std::size_t>(in.shape.back());
  for (std::size_t i = 0; i < in.data.size(); ++i) {
    const std::size_t row = i / width * width;
    double squares = 0;
    for (std::size_t c = 0; c < width; ++c) squares += in.data[row + c] * in.data[row + c];
    out.data[i] = in.data[i] / std::max(std::sqrt(squares), 1e-12);
  }
}

void slice(const nn::Node& node, const Value& in, Value& out) {
  const auto begin = static_cast<std::size_t>(nn::int_attr(node, "begin"));
  const auto in_width = static_cast<std::size_t>(in.shape.back());
  const auto width = static_cast<std::size_t>(out.shape.back());
  for (std::size_t i = 0; i < out.data.size(); ++i) out.data[i] = in.data[i / width * in_width + begin + i % width];
}

void linear(const Value& in, const std::vector<Value>& params, Value& out) {
  const auto width = static_cast<std::size_t>(in.shape.back());
  const auto outs = static_cast<std::size_t>(out.shape.back());
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    const std::size_t row = i / outs, o = i % outs;
    out.data[i] = params.size() > 1 ? params[1].data[o] : 0;
    for (std::size_t c = 0; c < width; ++c) out.data[i] += in.data[row * width + c] * params[0].data[o * width + c];
  }
}

void multiply_matrices(const nn::Node& node, const Value& a, const Value& b, Value& out) {
  const auto inner = static_cast<std::size_t>(a.shape.back());
  const auto rows = static_cast<std::size_t>(out.shape[out.shape.size() - 2]);
  const auto cols = static_cast<std::size_t>(out.shape.back());
  const bool transposed = nn::attr(node, "transpose_b") != 0;
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    const std::size_t batch = i / (rows * cols), row = i / cols, col = i % cols;
    for (std::size_t k = 0; k < inner; ++k)
      out.data[i] +=
          a.data[row * inner + k] * b.data[batch * inner * cols + (transposed ? col * inner + k : k * cols + col)];
  }
}

/// Element of `value` under element i of an output [B h w C]; [B 1 1 C] stands for every position.
double broadcast(const Value& value, const Value& out, std::size_t i) {
  if (value.data.size() == out.data.size()) return value.data[i];
  const auto channels = static_cast<std::size_t>(out.shape[3]);
  const std::size_t per_image = out.data.size() / static_cast<std::size_t>(out.shape[0]);
  return value.data[i / per_image * channels + i % channels];
}

void concat(const std::vector<const Value*>& parts, Value& out) {
  const std::size_t rows = out.data.size() / static_cast<std::size_t>(out.shape.back());
  std::size_t at = 0;
  for (std::size_t row = 0; row < rows; ++row)
    for (const Value* part : parts)
      for (std::size_t c = 0; c < static_cast<std::size_t>(part->shape.back()); ++c)
        out.data[at++] = part->data[row * static_cast<std::size_t>(part->shape.back()) + c];
}

void compute(const nn::Node& node, const std::vector<const Value*>& in, const std::vector<Value>& params, Value& out) {
  switch (node.op) {
    case Op::Conv2d:
      return reference::convolve(node, *in[0], params, out);
    case Op::ConvTranspose2d:
      return reference::convolve_transposed(node, *in[0], params, out);
    case Op::MaxPool:
    case Op::AvgPool:
      return reference::pool(node, *in[0], out);
    case Op::GlobalAvgPool:
      return reference::average_globally(*in[0], out);
    case Op::Upsample:
      return reference::upsample(node, *in[0], out);
    case Op::BatchNorm:
      return normalise_channels(node, *in[0], params, out);
    case Op::LayerNorm:
      return normalise_rows(node, *in[0], params, out);
    case Op::Linear:
      return linear(*in[0], params, out);
    case Op::MatMul:
      return multiply_matrices(node, *in[0], *in[1], out);
    case Op::Softmax:
      return softmax(*in[0], out);
    case Op::Slice:
      return slice(node, *in[0], out);
    case Op::Mask:
      return reference::mask(*in[0], params, out);
    case Op::L2Norm:
      return normalise_lengths(*in[0], out);
    case Op::Concat:
      return concat(in, out);
    case Op::Reshape:
      out.data = in[0]->data;
      return;
    default:
      break;
  }
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    if (node.op == Op::Add)
      out.data[i] = in[0]->data[i] + in[1]->data[i];
    else if (node.op == Op::Sub)
      out.data[i] = in[0]->data[i] - in[1]->data[i];
    else if (node.op == Op::Mul)
      out.data[i] = broadcast(*in[0], out, i) * broadcast(*in[1], out, i);
    else
      out.data[i] = activated(node, in[0]->data[i]);
  }
}

}  // namespace

std::vector<Tensor> run_reference(const nn::Network& network, const Tensor& input) {
  nn::check_weights(network.graph, network.weights);
  const std::vector<Shape> shapes = nn::infer_shapes(network.graph, input.shape());
  std::vector<Value> values;
  for (std::size_t i = 0; i < network.graph.nodes.size(); ++i) {
    const nn::Node& node = network.graph.nodes[i];
    if (node.op == Op::Input) {
      values.push_back(value_from_tensor(input));
      continue;
    }
    std::vector<const Value*> inputs;
    for (const int index : node.inputs) inputs.push_back(&values[static_cast<std::size_t>(index)]);
    std::vector<Value> params;
    for (const std::string& name : node.params) params.push_back(value_from_tensor(network.weights.at(name)));
    Value out{shapes[i], std::vector<double>(static_cast<std::size_t>(count_of(shapes[i])), 0.0)};
    compute(node, inputs, params, out);
    values.push_back(std::move(out));
  }
  std::vector<Tensor> outputs;
  for (const nn::Output& output : network.graph.outputs)
    outputs.push_back(tensor_from_value(values[static_cast<std::size_t>(output.node)]));
  return outputs;
}

}  // namespace vigie

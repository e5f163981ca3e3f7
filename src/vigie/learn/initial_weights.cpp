#include "vigie/learn/initial_weights.h"

#include <cmath>

#include "vigie/core/random.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

// Inputs that one output value sums over; a bias has those of its layer's weight.
double fan_in(const nn::Node& node, const Shape& weight) {
  const std::int64_t outputs = node.op == nn::Op::ConvTranspose2d ? weight[1] : weight[0];
  return static_cast<double>(count_of(weight)) / static_cast<double>(outputs);
}

bool is_norm(nn::Op op) {
  return op == nn::Op::BatchNorm || op == nn::Op::LayerNorm;
}

Tensor norm_value(const Shape& shape, std::size_t index, Random& random, Initial scheme) {
  const bool one = index == 0 || index == 3;  // weight, bias, running_mean, running_var
  Tensor value = Tensor::full(shape, one ? 1.0F : 0.0F);
  if (scheme == Initial::Normal002 && index == 0)
    for (float& x : value.values<float>()) x += static_cast<float>(0.02 * random.normal());
  return value;
}

Tensor layer_value(const Shape& shape, bool bias, double inputs, Random& random, Initial scheme) {
  Tensor value = Tensor::zeros(shape);
  if (bias && scheme != Initial::Uniform) return value;
  const double bound = 1 / std::sqrt(inputs);
  const double deviation = scheme == Initial::He ? std::sqrt(2 / inputs) : 0.02;
  for (float& x : value.values<float>())
    x = static_cast<float>(scheme == Initial::Uniform ? random.uniform(-bound, bound) : deviation * random.normal());
  return value;
}

}  // namespace

TensorMap initial_weights(const nn::Graph& graph, std::uint64_t seed, Initial scheme) {
  const auto shapes = nn::parameter_shapes(graph);
  TensorMap weights;
  for (const nn::Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.params.size(); ++i) {
      const std::string& name = node.params[i];
      Random random(derive_seed(seed, name));
      if (is_norm(node.op))
        weights[name] = norm_value(shapes.at(name), i, random, scheme);
      else
        weights[name] = layer_value(shapes.at(name), i > 0, fan_in(node, shapes.at(node.params[0])), random, scheme);
    }
  }
  return weights;
}

nn::Network fresh_network(nn::Graph graph, std::uint64_t seed, std::string_view name, Initial scheme) {
  TensorMap weights = initial_weights(graph, derive_seed(seed, name), scheme);
  return {std::move(graph), std::move(weights)};
}

}  // namespace vigie::learn

#include <cmath>
#include <tuple>

#include "vigie/nn/ops.h"
#include "vigie/nn/passes.h"

namespace vigie::nn {

namespace {

/// y = scale * x + shift per channel: what a batch norm does once trained.
struct Affine {
  std::vector<double> scale;
  std::vector<double> shift;
};

Affine affine_of(const Node& norm, const TensorMap& weights) {
  const auto param = [&](std::size_t i) { return weights.at(norm.params[i]).values<float>(); };
  Affine affine;
  for (std::size_t c = 0; c < param(0).size(); ++c) {
    const double scale = param(0)[c] / std::sqrt(static_cast<double>(param(3)[c]) + attr(norm, "epsilon"));
    affine.scale.push_back(scale);
    affine.shift.push_back(param(1)[c] - scale * param(2)[c]);
  }
  return affine;
}

bool can_fold(const Graph& graph, const Node& node, const std::vector<int>& readers) {
  if (node.op != Op::BatchNorm) return false;
  const auto input = static_cast<std::size_t>(node.inputs[0]);
  const Op op = graph.nodes[input].op;
  return (op == Op::Conv2d || op == Op::ConvTranspose2d || op == Op::Linear) && readers[input] == 1;
}

/// What decides a folded weight: the operation, its parameters and those of the norm, epsilon.
using FoldKey = std::tuple<Op, std::vector<std::string>, std::vector<std::string>, double>;

/// Gives `layer` new parameters of its own; the old ones may be shared with another layer.
void absorb(Node& layer, const Affine& affine, TensorMap& weights) {
  Tensor weight = weights.at(layer.params[0]).clone();
  const std::size_t out_axis = layer.op == Op::ConvTranspose2d ? 1 : 0;
  const auto channels = static_cast<std::int64_t>(affine.scale.size());
  std::int64_t inner = 1;
  for (std::size_t axis = out_axis + 1; axis < weight.shape().size(); ++axis) inner *= weight.shape()[axis];
  const std::span<float> values = weight.values<float>();
  for (std::int64_t i = 0; i < weight.count(); ++i) {
    float& value = values[static_cast<std::size_t>(i)];
    value = static_cast<float>(value * affine.scale[static_cast<std::size_t>(i / inner % channels)]);
  }
  Tensor bias({channels});
  const bool had_bias = layer.params.size() > 1;
  for (std::size_t c = 0; c < affine.scale.size(); ++c) {
    const double old = had_bias ? weights.at(layer.params[1]).values<float>()[c] : 0.0;
    bias.values<float>()[c] = static_cast<float>(old * affine.scale[c] + affine.shift[c]);
  }
  layer.params = {layer.name + ".folded_weight", layer.name + ".folded_bias"};
  weights[layer.params[0]] = weight;
  weights[layer.params[1]] = bias;
}

TensorMap used_weights(const Graph& graph, const TensorMap& weights) {
  TensorMap used;
  for (const Node& node : graph.nodes)
    for (const std::string& name : node.params) used[name] = weights.at(name);
  return used;
}

}  // namespace

Network fold_batch_norms(const Network& network) {
  check_structure(network.graph, ErrorKind::InvalidArgument);
  check_weights(network.graph, network.weights);
  const std::vector<int> readers = reader_counts(network.graph);
  Network result{{{}, network.graph.outputs}, network.weights};
  std::vector<int> new_index;
  std::map<FoldKey, std::vector<std::string>> folded_params;  // layers that shared everything still do
  for (const Node& node : network.graph.nodes) {
    if (can_fold(network.graph, node, readers)) {
      const int layer = new_index[static_cast<std::size_t>(node.inputs[0])];
      Node& folded = result.graph.nodes[static_cast<std::size_t>(layer)];
      const auto [entry, fresh] =
          folded_params.try_emplace({folded.op, folded.params, node.params, attr(node, "epsilon")});
      if (fresh) {
        absorb(folded, affine_of(node, network.weights), result.weights);
        entry->second = folded.params;
      }
      folded.params = entry->second;
      new_index.push_back(layer);
      continue;
    }
    new_index.push_back(static_cast<int>(result.graph.nodes.size()));
    result.graph.nodes.push_back(node);
    for (int& input : result.graph.nodes.back().inputs) input = new_index[static_cast<std::size_t>(input)];
  }
  for (Output& output : result.graph.outputs) output.node = new_index[static_cast<std::size_t>(output.node)];
  result.weights = used_weights(result.graph, result.weights);
  return result;
}

}  // namespace vigie::nn

#include "vigie/core/random.h"
#include "vigie/nn/ops.h"
#include "vigie/nn/passes.h"

namespace vigie::nn {

std::vector<std::int64_t> channels_of(const Graph& graph) {
  std::vector<std::int64_t> channels;
  for (const Node& node : graph.nodes) {
    const auto input = [&](std::size_t i) { return channels.at(static_cast<std::size_t>(node.inputs.at(i))); };
    std::int64_t value = kUnknownChannels;
    switch (node.op) {
      case Op::Input:
        value = int_attr(node, "channels");
        break;
      case Op::Conv2d:
      case Op::ConvTranspose2d:
      case Op::Linear:
        value = int_attr(node, "out");
        break;
      case Op::MatMul:
        value = attr(node, "transpose_b") != 0 ? kUnknownChannels : input(1);
        break;
      case Op::Reshape:
        value = extents_from_text(node.text).back();
        break;
      case Op::Slice:
        value = int_attr(node, "end") - int_attr(node, "begin");
        break;
      case Op::Concat:
        value = 0;
        for (std::size_t i = 0; i < node.inputs.size() && value != kUnknownChannels; ++i)
          value = input(i) == kUnknownChannels ? kUnknownChannels : value + input(i);
        break;
      default:
        value = input(0);
        break;
    }
    channels.push_back(value);
  }
  return channels;
}

namespace {

std::vector<Shape> shapes_of_params(const Node& node, std::int64_t in) {
  switch (node.op) {
    case Op::Conv2d: {
      const std::int64_t groups = int_attr(node, "groups");
      VIGIE_CHECK(in % groups == 0 && int_attr(node, "out") % groups == 0, "parameter_shapes",
                  "node '{}': {} groups do not divide {} channels into {}", node.name, groups, in,
                  int_attr(node, "out"));
      return {{int_attr(node, "out"), in / groups, int_attr(node, "kernel_h"), int_attr(node, "kernel_w")},
              {int_attr(node, "out")}};
    }
    case Op::ConvTranspose2d:
      return {{in, int_attr(node, "out"), int_attr(node, "kernel_h"), int_attr(node, "kernel_w")},
              {int_attr(node, "out")}};
    case Op::Linear:
      return {{int_attr(node, "out"), in}, {int_attr(node, "out")}};
    case Op::Mask:
      return {{int_attr(node, "height"), int_attr(node, "width")}};
    default:
      return {{in}, {in}, {in}, {in}};
  }
}

}  // namespace

std::map<std::string, Shape> parameter_shapes(const Graph& graph) {
  const std::vector<std::int64_t> channels = channels_of(graph);
  std::map<std::string, Shape> result;
  for (const Node& node : graph.nodes) {
    if (node.params.empty()) continue;
    const std::int64_t in = channels[static_cast<std::size_t>(node.inputs.at(0))];
    VIGIE_CHECK(in != kUnknownChannels || node.op == Op::Mask, "parameter_shapes",
                "node '{}': the channels of its input are not known; write them out in the Reshape before it",
                node.name);
    const std::vector<Shape> shapes = shapes_of_params(node, in);
    for (std::size_t i = 0; i < node.params.size(); ++i) {
      const auto [entry, fresh] = result.emplace(node.params[i], shapes.at(i));
      VIGIE_CHECK(fresh || entry->second == shapes[i], "parameter_shapes", "'{}' is used as {} and as {}",
                  node.params[i], to_string(entry->second), to_string(shapes[i]));
    }
  }
  return result;
}

void check_weights(const Graph& graph, const TensorMap& weights) {
  for (const auto& [name, shape] : parameter_shapes(graph)) {
    const auto found = weights.find(name);
    if (found == weights.end()) fail(ErrorKind::NotFound, "check_weights", "parameter '{}' is missing", name);
    const Tensor& tensor = found->second;
    if (tensor.shape() != shape)
      fail(ErrorKind::BadFile, "check_weights", "parameter '{}' has shape {}, the network wants {}", name,
           to_string(tensor.shape()), to_string(shape));
    if (tensor.dtype() != DType::F32)
      fail(ErrorKind::BadFile, "check_weights", "parameter '{}' holds {}, the network wants f32", name,
           name_of(tensor.dtype()));
  }
}

Network network_of(Graph graph, const TensorMap& weights) {
  check_weights(graph, weights);
  Network network{std::move(graph), {}};
  for (const Node& node : network.graph.nodes) {
    for (const std::string& name : node.params) network.weights.emplace(name, weights.at(name));
  }
  return network;
}

std::uint64_t fingerprint(const TensorMap& weights) {
  std::uint64_t hash = fnv1a("");
  for (const auto& [name, weight] : weights)
    hash = fnv1a({static_cast<const char*>(weight.raw()), weight.bytes()}, fnv1a(name, hash));
  return hash;
}

}  // namespace vigie::nn

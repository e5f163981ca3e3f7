#include "vigie/networks/batch_norms.h"

namespace vigie {

namespace {

std::vector<bool> read_by_a_norm(const nn::Graph& graph) {
  std::vector<bool> read(graph.nodes.size(), false);
  for (const nn::Node& node : graph.nodes)
    if (node.op == nn::Op::BatchNorm) read[static_cast<std::size_t>(node.inputs[0])] = true;
  return read;
}

nn::Node norm_behind(const nn::Node& convolution, int index) {
  const std::string name = convolution.name + ".norm";
  return {.op = nn::Op::BatchNorm,
          .name = name,
          .inputs = {index},
          .attrs = {{"epsilon", 1e-5}},
          .params = {name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var"},
          .text = ""};
}

}  // namespace

NormedGraph with_batch_norms(const nn::Graph& graph,
                             const std::function<bool(const std::string& convolution)>& wanted) {
  const std::vector<bool> has_norm = read_by_a_norm(graph);
  NormedGraph result;
  std::vector<int> moved;  // where the value of each old node is now
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    nn::Node node = graph.nodes[i];
    for (int& input : node.inputs) input = moved[static_cast<std::size_t>(input)];
    moved.push_back(static_cast<int>(result.graph.nodes.size()));
    result.graph.nodes.push_back(node);
    if (node.op != nn::Op::Conv2d || has_norm[i] || !wanted(node.name)) continue;
    result.graph.nodes.push_back(norm_behind(node, moved.back()));
    result.convolutions.push_back(node.name);
    ++moved.back();
  }
  for (const nn::Output& output : graph.outputs)
    result.graph.outputs.push_back({output.name, moved[static_cast<std::size_t>(output.node)]});
  return result;
}

}  // namespace vigie

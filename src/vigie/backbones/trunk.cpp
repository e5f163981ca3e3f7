#include "vigie/backbones/trunk.h"

#include <algorithm>

namespace vigie {

std::string first_missing(const nn::Graph& graph, const TensorMap& weights) {
  for (const nn::Node& node : graph.nodes) {
    for (const std::string& name : node.params) {
      if (!weights.contains(name)) return name;
    }
  }
  return "";
}

std::vector<std::string> stages_present(const nn::Graph& graph, const TensorMap& weights) {
  std::vector<std::string> present;
  for (const nn::Output& output : graph.outputs) {
    if (output.name == "pool") continue;
    if (!first_missing(nn::select_outputs(graph, {output.name}), weights).empty()) break;
    present.push_back(output.name);
  }
  return present;
}

nn::Graph trunk_of(const nn::Graph& graph, const std::string& last) {
  const auto named = [&](const std::string& name) {
    const auto at = std::ranges::find(graph.outputs, name, &nn::Output::name);
    if (at == graph.outputs.end()) fail(ErrorKind::Internal, "trunk_of", "the graph has no output '{}'", name);
    return at;
  };
  const auto end = named(last);
  nn::Graph trunk = graph;
  trunk.nodes[named("pool")->node].inputs = {end->node};
  std::vector<std::string> outputs;
  for (auto it = graph.outputs.begin(); it != end + 1; ++it) outputs.push_back(it->name);
  outputs.push_back("pool");
  return nn::select_outputs(trunk, outputs);
}

}  // namespace vigie

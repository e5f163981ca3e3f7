#include "vigie/engine/common_ranges.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "vigie/nn/ops.h"

namespace vigie::engine {

using nn::Op;

bool passes_elements_on(const nn::Node& node) {
  return node.op == Op::MaxPool || node.op == Op::Concat || node.op == Op::Reshape || node.op == Op::Slice ||
         (node.op == Op::Upsample && nn::int_attr(node, "mode") == 0);
}

CommonRanges::CommonRanges(const Program& program, const nn::Quantisation& quantisation)
    : group_(program.graph.nodes.size()), ranges_(program.graph.nodes.size()) {
  std::iota(group_.begin(), group_.end(), 0);
  const auto& nodes = program.graph.nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (passes_elements_on(nodes[i]))
      for (const int input : nodes[i].inputs) group_[group_of(input)] = static_cast<int>(group_of(static_cast<int>(i)));
  std::set<int> written(program.inputs.begin(), program.inputs.end());
  for (const Step& step : program.steps) written.insert(step.output);
  for (const int value : written) widen(value, program.node(value).name, quantisation);
}

std::optional<Format> CommonRanges::format(int node) const {
  const Common& common = ranges_[group_of(node)];
  if (common.incomplete || common.range.bound == 0) return {};
  return format_of(common.range);
}

std::size_t CommonRanges::group_of(int node) const {
  while (group_[static_cast<std::size_t>(node)] != node) node = group_[static_cast<std::size_t>(node)];
  return static_cast<std::size_t>(node);
}

void CommonRanges::widen(int node, const std::string& name, const nn::Quantisation& quantisation) {
  Common& common = ranges_[group_of(node)];
  const auto found = quantisation.activations.find(name);
  if (found == quantisation.activations.end()) {
    common.incomplete = true;
    return;
  }
  common.range.bound = std::max(common.range.bound, found->second.bound);
  common.range.negative = common.range.negative || found->second.negative;
}

}  // namespace vigie::engine

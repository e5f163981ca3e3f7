#include <fmt/ranges.h>

#include <cmath>
#include <set>

#include "vigie/nn/ops.h"

namespace vigie::nn {

namespace {

/// Refuses one node with its index, name and operation in the message.
class NodeCheck {
 public:
  NodeCheck(const Graph& graph, std::size_t index, ErrorKind kind)
      : node_(graph.nodes[index]), rule_(rule_of(node_.op)), index_(index), kind_(kind) {}

  void run() const {
    require(!node_.name.empty() && node_.name.size() <= 512, "the name must have 1 to 512 characters");
    check_inputs();
    check_attrs();
    check_params();
    if (node_.op == Op::Slice) require(attr(node_, "begin") < attr(node_, "end"), "begin must be less than end");
    if (node_.op == Op::Reshape)
      check_text();
    else
      require(node_.text.empty(), "only Reshape carries a text");
  }

 private:
  void require(bool holds, std::string_view text) const {
    if (!holds) fail(kind_, "Graph", "node {} '{}' ({}): {}", index_, node_.name.substr(0, 64), rule_.name, text);
  }

  void check_inputs() const {
    const std::size_t count = node_.inputs.size();
    require(count >= rule_.min_inputs && count <= rule_.max_inputs,
            fmt::format("{} inputs, {} to {} wanted", count, rule_.min_inputs, rule_.max_inputs));
    for (const int input : node_.inputs)
      require(input >= 0 && static_cast<std::size_t>(input) < index_,
              fmt::format("input {} is not an earlier node", input));
  }

  void check_attrs() const {
    for (const auto& [key, value] : node_.attrs) {
      const AttrRule* rule = find_rule(key);
      require(rule != nullptr, fmt::format("unknown attribute '{}'", key.substr(0, 64)));
      require(std::isfinite(value) && value >= rule->min && value <= rule->max,
              fmt::format("{} = {} is outside [{}, {}]", key, value, rule->min, rule->max));
      require(!rule->integer || value == std::floor(value), fmt::format("{} = {} must be whole", key, value));
    }
    for (const AttrRule& rule : rule_.attrs)
      require(!rule.required || node_.attrs.contains(std::string(rule.key)),
              fmt::format("attribute '{}' is missing", rule.key));
  }

  const AttrRule* find_rule(const std::string& key) const {
    for (const AttrRule& rule : rule_.attrs)
      if (rule.key == key) return &rule;
    return nullptr;
  }

  void check_params() const {
    const std::size_t count = node_.params.size();
    require(count >= rule_.required_params && count <= rule_.params.size(),
            fmt::format("{} parameters, wanted {}", count, fmt::join(rule_.params, ", ")));
    for (const std::string& name : node_.params)
      require(!name.empty() && name.size() <= 1024, "a parameter name must have 1 to 1024 characters");
  }

  void check_text() const {
    try {
      extents_from_text(node_.text);
    } catch (const Error& e) {
      require(false, e.what());
    }
  }

  const Node& node_;
  const OpRule& rule_;
  std::size_t index_;
  ErrorKind kind_;
};

void check_outputs(const Graph& graph, ErrorKind kind) {
  if (graph.outputs.empty()) fail(kind, "Graph", "no output");
  std::set<std::string_view> names;
  for (const Output& output : graph.outputs) {
    const std::string_view name = std::string_view(output.name).substr(0, 64);
    if (output.name.empty()) fail(kind, "Graph", "an output has no name");
    if (output.node < 0 || static_cast<std::size_t>(output.node) >= graph.nodes.size())
      fail(kind, "Graph", "output '{}' is node {} of {}", name, output.node, graph.nodes.size());
    if (!names.insert(output.name).second) fail(kind, "Graph", "two outputs are named '{}'", name);
  }
}

}  // namespace

void check_structure(const Graph& graph, ErrorKind kind) {
  int inputs = 0;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    NodeCheck(graph, i, kind).run();
    const std::string& name = graph.nodes[i].name;
    if (!names.insert(name).second) fail(kind, "Graph", "two nodes are named '{}'", name);
    inputs += graph.nodes[i].op == Op::Input ? 1 : 0;
  }
  if (inputs != 1) fail(kind, "Graph", "{} Input nodes, exactly one wanted", inputs);
  check_outputs(graph, kind);
}

std::vector<int> reader_counts(const Graph& graph) {
  std::vector<int> counts(graph.nodes.size(), 0);
  for (const Node& node : graph.nodes)
    for (const int input : node.inputs) ++counts[static_cast<std::size_t>(input)];
  for (const Output& output : graph.outputs) ++counts[static_cast<std::size_t>(output.node)];
  return counts;
}

}  // namespace vigie::nn

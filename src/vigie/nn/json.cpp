#include <cmath>

#include "vigie/nn/ops.h"

namespace vigie::nn {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxNodes = 100'000;
constexpr std::size_t kMaxListed = 1024;  // inputs, attributes or parameters of one node

/// A whole number is written without a fraction: files stay readable.
json json_from_number(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

template <typename... Args>
void require(bool holds, fmt::format_string<Args...> text, Args&&... args) {
  if (!holds) fail(ErrorKind::BadFile, "graph_from_json", "{}", fmt::format(text, std::forward<Args>(args)...));
}

const json& member(const json& object, const char* key, std::string_view owner) {
  require(object.is_object() && object.contains(key), "{} has no '{}'", owner, key);
  return object.at(key);
}

const json& list_member(const json& object, const char* key, std::string_view owner, std::size_t limit) {
  const json& list = member(object, key, owner);
  require(list.is_array() && list.size() <= limit, "'{}' of {} must be a list of at most {}", key, owner, limit);
  return list;
}

std::string text_from_json(const json& value, std::string_view what) {
  require(value.is_string(), "{} must be a text", what);
  return value.get<std::string>();
}

int index_from_json(const json& value, std::string_view what) {
  const bool fits = value.is_number_integer() && value.get<double>() >= 0 && value.get<double>() < kMaxNodes;
  require(fits, "{} must be the index of a node", what);
  return value.get<int>();
}

json json_from_node(const Node& node) {
  json object = {{"op", name_of(node.op)}, {"name", node.name}};
  if (!node.inputs.empty()) object["inputs"] = node.inputs;
  for (const auto& [key, value] : node.attrs) object["attrs"][key] = json_from_number(value);
  if (!node.params.empty()) object["params"] = node.params;
  if (!node.text.empty()) object["text"] = node.text;
  return object;
}

Node node_from_json(const json& object, std::size_t index) {
  const std::string owner = fmt::format("node {}", index);
  Node node;
  node.op = op_from_name(text_from_json(member(object, "op", owner), "op of " + owner));
  node.name = text_from_json(member(object, "name", owner), "name of " + owner);
  if (object.contains("inputs"))
    for (const json& input : list_member(object, "inputs", owner, kMaxListed))
      node.inputs.push_back(index_from_json(input, "an input of " + owner));
  if (object.contains("params"))
    for (const json& name : list_member(object, "params", owner, kMaxListed))
      node.params.push_back(text_from_json(name, "a parameter of " + owner));
  if (object.contains("text")) node.text = text_from_json(object.at("text"), "text of " + owner);
  if (!object.contains("attrs")) return node;
  const json& attrs = object.at("attrs");
  require(attrs.is_object() && attrs.size() <= kMaxListed, "attrs of {} must be an object", owner);
  for (const auto& [key, value] : attrs.items()) {
    require(value.is_number(), "attribute '{}' of {} must be a number", key.substr(0, 64), owner);
    node.attrs[key] = value.get<double>();
  }
  return node;
}

}  // namespace

json json_from_graph(const Graph& graph) {
  json nodes = json::array();
  for (const Node& node : graph.nodes) nodes.push_back(json_from_node(node));
  json outputs = json::array();
  for (const Output& output : graph.outputs) outputs.push_back({{"name", output.name}, {"node", output.node}});
  return {{"nodes", std::move(nodes)}, {"outputs", std::move(outputs)}};
}

Graph graph_from_json(const json& object) {
  Graph graph;
  for (const json& node : list_member(object, "nodes", "the graph", kMaxNodes))
    graph.nodes.push_back(node_from_json(node, graph.nodes.size()));
  for (const json& output : list_member(object, "outputs", "the graph", kMaxNodes))
    graph.outputs.push_back({text_from_json(member(output, "name", "an output"), "name of an output"),
                             index_from_json(member(output, "node", "an output"), "node of an output")});
  check_structure(graph, ErrorKind::BadFile);
  return graph;
}

}  // namespace vigie::nn

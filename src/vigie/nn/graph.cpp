#include "vigie/nn/graph.h"

#include <algorithm>

#include "vigie/core/options.h"
#include "vigie/nn/ops.h"

namespace vigie::nn {

const Output& find_output(const Graph& graph, const std::string& name, std::string_view where) {
  for (const Output& output : graph.outputs)
    if (output.name == name) return output;
  std::vector<std::string> known;
  for (const Output& output : graph.outputs) known.push_back(output.name);
  fail(ErrorKind::InvalidArgument, where, "no output '{}'{}", name, suggestion(name, known));
}

namespace {

/// Nodes that `outputs` need; an Input always stays, so that the result still is a network.
std::vector<bool> needed_nodes(const Graph& graph, const std::vector<Output>& outputs) {
  std::vector<bool> needed(graph.nodes.size(), false);
  for (const Output& output : outputs) needed[static_cast<std::size_t>(output.node)] = true;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    if (graph.nodes[i].op == Op::Input) needed[i] = true;
    if (!needed[i]) continue;
    for (const int input : graph.nodes[i].inputs) needed[static_cast<std::size_t>(input)] = true;
  }
  return needed;
}

}  // namespace

Graph select_outputs(const Graph& graph, const std::vector<std::string>& names) {
  VIGIE_CHECK(!names.empty(), "select_outputs", "no output asked for");
  Graph result;
  for (const std::string& name : names) result.outputs.push_back(find_output(graph, name, "select_outputs"));
  const std::vector<bool> needed = needed_nodes(graph, result.outputs);
  std::vector<int> index_in_result(graph.nodes.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!needed[i]) continue;
    index_in_result[i] = static_cast<int>(result.nodes.size());
    Node node = graph.nodes[i];
    for (int& input : node.inputs) input = index_in_result[static_cast<std::size_t>(input)];
    result.nodes.push_back(std::move(node));
  }
  for (Output& output : result.outputs) output.node = index_in_result[static_cast<std::size_t>(output.node)];
  check_structure(result, ErrorKind::InvalidArgument);
  return result;
}

double flops_of(const Graph& graph, const Shape& input) {
  const std::vector<Shape> shapes = infer_shapes(graph, input);
  double total = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.inputs.empty()) continue;
    const Shape& in = shapes[static_cast<std::size_t>(node.inputs[0])];
    const auto out_count = static_cast<double>(count_of(shapes[i]));
    const auto in_count = static_cast<double>(count_of(in));
    const auto in_channels = static_cast<double>(in.back());
    if (node.op == Op::Conv2d)
      total += 2 * out_count * attr(node, "kernel_h") * attr(node, "kernel_w") * in_channels / attr(node, "groups");
    else if (node.op == Op::ConvTranspose2d)
      total += 2 * in_count * attr(node, "kernel_h") * attr(node, "kernel_w") * attr(node, "out");
    else if (node.op == Op::Linear || node.op == Op::MatMul)
      total += 2 * out_count * in_channels;
  }
  return total;
}

}  // namespace vigie::nn

#include "vigie/nn/compose.h"

#include <algorithm>
#include <set>

#include "vigie/nn/ops.h"

namespace vigie::nn {

namespace {

constexpr const char* kWhere = "attach";

const Node& input_of(const Graph& graph) {
  return *std::ranges::find(graph.nodes, Op::Input, &Node::op);
}

void check_channels(const Graph& base, const Output& output, const Node& input) {
  const std::int64_t given = channels_of(base)[static_cast<std::size_t>(output.node)];
  const std::int64_t wanted = int_attr(input, "channels");
  VIGIE_CHECK(given != kUnknownChannels, kWhere,
              "the channels of output '{}' are not known; write them out in the Reshape before it", output.name);
  VIGIE_CHECK(given == wanted, kWhere, "output '{}' has {} channels, the head wants {}", output.name, given, wanted);
}

/// The size that the head's Input fixes can only be compared where base's Input fixes one too.
void check_size(const Graph& base, const Output& output, const Node& input) {
  const Node& image = input_of(base);
  const Shape shape{1, int_attr(image, "height"), int_attr(image, "width"), int_attr(image, "channels")};
  const Shape wanted{int_attr(input, "height"), int_attr(input, "width")};
  if (shape[1] == 0 || shape[2] == 0 || (wanted[0] == 0 && wanted[1] == 0)) return;
  const Shape given = infer_shapes(base, shape)[static_cast<std::size_t>(output.node)];
  const auto fits = [&](std::size_t axis) { return wanted[axis] == 0 || wanted[axis] == given[axis + 1]; };
  VIGIE_CHECK(given.size() == 4 && fits(0) && fits(1), kWhere,
              "output '{}' has shape {}, the head wants height {} and width {}", output.name, to_string(given),
              wanted[0], wanted[1]);
}

/// "Relu#3", or with the next number that nobody has.
std::string unused_name(const std::string& name, const std::set<std::string>& taken, std::size_t number) {
  std::string unused = name;
  for (; taken.contains(unused); ++number) unused = fmt::format("{}#{}", name.substr(0, name.find('#')), number);
  return unused;
}

/// Names that must stay as they are: all of base's, since ranges are kept under them, and the layers of the head.
std::set<std::string> fixed_names(const Graph& base, const Graph& head) {
  std::set<std::string> names;
  for (const Node& node : base.nodes) names.insert(node.name);
  for (const Node& node : head.nodes)
    if (node.op != Op::Input && node.name.find('#') == std::string::npos) names.insert(node.name);
  return names;
}

}  // namespace

Graph attach(const Graph& base, const std::string& output, const Graph& head) {
  check_structure(base, ErrorKind::InvalidArgument);
  check_structure(head, ErrorKind::InvalidArgument);
  const Output& joint = find_output(base, output, kWhere);
  check_channels(base, joint, input_of(head));
  check_size(base, joint, input_of(head));
  Graph result = base;
  std::set<std::string> taken = fixed_names(base, head);
  std::vector<int> new_index;
  for (const Node& node : head.nodes) {
    if (node.op == Op::Input) {
      new_index.push_back(joint.node);
      continue;
    }
    new_index.push_back(static_cast<int>(result.nodes.size()));
    Node& added = result.nodes.emplace_back(node);
    for (int& input : added.inputs) input = new_index[static_cast<std::size_t>(input)];
    if (added.name.find('#') != std::string::npos) added.name = unused_name(node.name, taken, result.nodes.size() - 1);
    taken.insert(added.name);
  }
  for (const Output& made : head.outputs)
    result.outputs.push_back({made.name, new_index[static_cast<std::size_t>(made.node)]});
  check_structure(result, ErrorKind::InvalidArgument);
  return result;
}

}  // namespace vigie::nn

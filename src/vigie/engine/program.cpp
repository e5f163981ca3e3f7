#include "vigie/engine/program.h"

#include <algorithm>

#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using nn::Op;

bool takes_residual(Op op) {
  return op == Op::Conv2d || op == Op::Linear;
}

bool takes_activation(Op op, Op activation) {
  if (op == Op::BatchNorm) return activation == Op::Relu;
  return takes_residual(op) || op == Op::Add || op == Op::Mul || op == Op::Sub;
}

/// Groups nodes into steps. Every node is in one group; a group runs where its last node stands.
class Fusion {
 public:
  explicit Fusion(const nn::Graph& graph) : graph_(graph), readers_(nn::reader_counts(graph)) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      Step step;
      step.node = step.output = static_cast<int>(i);
      step.inputs = graph.nodes[i].inputs;
      groups_.push_back(step);
      group_of_.push_back(i);
    }
  }

  std::vector<Step> run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Op op = graph_.nodes[i].op;
      if (op == Op::Add) fuse_add(i);
      if (is_activation(op)) fuse_activation(i);
    }
    std::vector<Step> steps;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Op op = graph_.nodes[i].op;
      const Step& group = groups_[group_of_[i]];
      if (group.output == static_cast<int>(i) && op != Op::Input && op != Op::Reshape) steps.push_back(group);
    }
    return steps;
  }

 private:
  /// The group that ends in `value`, when nobody but the one asking reads it.
  Step* private_group(int value) {
    if (readers_[static_cast<std::size_t>(value)] != 1) return nullptr;
    return &groups_[group_of_[static_cast<std::size_t>(value)]];
  }

  void append(Step& group, std::size_t node) {
    group.output = static_cast<int>(node);
    group_of_[node] = static_cast<std::size_t>(group.node);
  }

  void fuse_add(std::size_t node) {
    // The later operand first: the earlier one then is ready when the group runs.
    const auto [earlier, later] = std::minmax({graph_.nodes[node].inputs[0], graph_.nodes[node].inputs[1]});
    for (const auto& [value, other] : {std::pair(later, earlier), std::pair(earlier, later)}) {
      Step* group = private_group(value);
      if (group == nullptr || group->node != value || !takes_residual(graph_.nodes[static_cast<std::size_t>(value)].op))
        continue;
      group->residual = other;
      append(*group, node);
      return;
    }
  }

  void fuse_activation(std::size_t node) {
    Step* group = private_group(graph_.nodes[node].inputs[0]);
    if (group == nullptr || group->activation >= 0) return;
    if (!takes_activation(graph_.nodes[static_cast<std::size_t>(group->node)].op, graph_.nodes[node].op)) return;
    group->activation = static_cast<int>(node);
    append(*group, node);
  }

  const nn::Graph& graph_;
  std::vector<int> readers_;
  std::vector<Step> groups_;           // by first node
  std::vector<std::size_t> group_of_;  // node -> its group's first node
};

}  // namespace

bool is_activation(Op op) {
  switch (op) {
    case Op::Relu:
    case Op::LeakyRelu:
    case Op::Relu6:
    case Op::Sigmoid:
    case Op::Silu:
    case Op::Gelu:
    case Op::Tanh:
    case Op::HardSwish:
    case Op::HardSigmoid:
      return true;
    default:
      return false;
  }
}

bool multiplies_weights(Op op) {
  return op == Op::Conv2d || op == Op::ConvTranspose2d || op == Op::Linear;
}

Program lower(const nn::Graph& graph) {
  std::vector<std::string> names;
  for (const nn::Output& output : graph.outputs) names.push_back(output.name);
  Program program;
  program.graph = nn::select_outputs(graph, names);
  program.steps = Fusion(program.graph).run();
  for (std::size_t i = 0; i < program.graph.nodes.size(); ++i) {
    const nn::Node& node = program.graph.nodes[i];
    const int index = static_cast<int>(i);
    program.values.push_back({index, node.op == Op::Reshape ? program.storage(node.inputs[0]) : index, {}});
    if (node.op == Op::Input) program.inputs.push_back(index);
  }
  for (const nn::Output& output : program.graph.outputs) program.outputs.push_back(output.node);
  return program;
}

Program isolate(const Program& program, std::size_t index) {
  Program alone = program;
  const Step& step = program.steps[index];
  alone.steps = {step};
  alone.inputs = step.inputs;
  if (step.residual >= 0) alone.inputs.push_back(step.residual);
  for (const int value : alone.inputs) alone.values[static_cast<std::size_t>(value)].storage = value;
  alone.outputs = {step.output};
  return alone;
}

}  // namespace vigie::engine

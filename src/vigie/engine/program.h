#pragma once

#include <cstddef>
#include <vector>

#include "vigie/engine/format.h"
#include "vigie/nn/graph.h"

namespace vigie::engine {

/// One kernel's work: an operation and what was fused into it, or a conversion from one format to another.
struct Step {
  int node = 0;             ///< the operation itself; of a conversion, the operation whose result is converted
  std::vector<int> inputs;  ///< values it reads
  int residual = -1;        ///< value added to the result before the activation; -1: none
  int activation = -1;      ///< node of the activation applied last; -1: none
  int output = 0;           ///< value it writes
  bool conversion = false;
};

/// A node's result in one format.
struct Value {
  int node = 0;
  int storage = 0;  ///< the value whose memory it shares: itself, or through Reshape the one reshaped
  Format format;
};

/// A graph as fused steps, in an order in which they can run. Knows no sizes.
struct Program {
  nn::Graph graph;  ///< without dead nodes; outputs in the order of the network
  std::vector<Step> steps;
  std::vector<Value> values;  ///< first the results of all nodes in their order, then what conversions add
  std::vector<int> inputs;    ///< values that the caller brings, F32
  std::vector<int> outputs;   ///< values that the caller takes, F32

  const nn::Node& node(int index) const { return graph.nodes[static_cast<std::size_t>(index)]; }
  const Value& value(int index) const { return values[static_cast<std::size_t>(index)]; }
  int storage(int value) const { return values[static_cast<std::size_t>(value)].storage; }
};

/// Fuses convolution or linear + residual Add + activation, Add, Mul or Sub + activation, batch norm + Relu.
/// Only values that nothing else reads disappear. All values are F32.
Program lower(const nn::Graph& graph);

/// Step `index` of an F32 program alone: the caller brings all that it reads.
Program isolate(const Program& program, std::size_t index);

bool is_activation(nn::Op op);
/// Convolutions and linear layers: what has a weight to multiply with.
bool multiplies_weights(nn::Op op);

}  // namespace vigie::engine

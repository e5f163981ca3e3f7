#pragma once

#include <cstddef>
#include <vector>

#include "vigie/nn/graph.h"

namespace vigie::engine {

/// One kernel's work: an operation and what was fused into it. A value is the result of a node and has its index.
struct Step {
  int node = 0;             ///< the operation itself
  std::vector<int> inputs;  ///< values it reads
  int residual = -1;        ///< value added to the result before the activation; -1: none
  int activation = -1;      ///< node of the activation applied last; -1: none
  int output = 0;           ///< value it writes
};

/// A graph as fused steps, in an order in which they can run. Knows no sizes.
struct Program {
  nn::Graph graph;  ///< without dead nodes; outputs in the order of the network
  std::vector<Step> steps;
  /// value -> the value whose memory it shares: itself, or through Reshape the one reshaped.
  std::vector<int> storage;
};

/// Fuses convolution or linear + residual Add + activation, Add or Mul + activation, batch norm + Relu.
/// Only values that nothing else reads disappear.
Program lower(const nn::Graph& graph);

bool is_activation(nn::Op op);

}  // namespace vigie::engine

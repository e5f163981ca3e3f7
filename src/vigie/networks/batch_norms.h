#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vigie/nn/graph.h"

namespace vigie {

/// A graph with more batch norms, and where they stand.
struct NormedGraph {
  nn::Graph graph;
  std::vector<std::string> convolutions;  ///< names; the norm behind "conv1" is called "conv1.norm"
};

/// The graph with a batch norm behind every Conv2d whose name `wanted` accepts, unless one reads it already. A network
/// whose norms were folded into its convolutions learns again at the rates it was made for; folding the new ones takes
/// them away again, so serving costs nothing. Readers and outputs of the convolution read the norm.
NormedGraph with_batch_norms(const nn::Graph& graph, const std::function<bool(const std::string& convolution)>& wanted);

}  // namespace vigie

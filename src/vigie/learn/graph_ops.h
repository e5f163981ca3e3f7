#pragma once

#include <map>

#include "vigie/learn/torch.h"
#include "vigie/nn/graph.h"

namespace vigie::learn {

/// What one node computes. `inputs` and the result: [B C h w] for images, other ranks as the engine has them.
struct NodeCall {
  const nn::Node& node;
  std::vector<torch::Tensor> inputs;
  const std::map<std::string, torch::Tensor>& values;  ///< parameters and statistics
  bool training = false;                               ///< batch norms use and follow the batch's statistics

  const torch::Tensor& parameter(std::size_t i) const { return values.at(node.params.at(i)); }
  /// The i-th parameter, or an undefined tensor where the node has fewer.
  torch::Tensor optional_parameter(std::size_t i) const {
    return i < node.params.size() ? parameter(i) : torch::Tensor();
  }
};

torch::Tensor run_node(const NodeCall& call);

}  // namespace vigie::learn

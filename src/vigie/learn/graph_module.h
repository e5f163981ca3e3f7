#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "vigie/learn/torch.h"
#include "vigie/nn/passes.h"

namespace vigie::learn {

/// A network whose weights can learn: the same Graph that the engine runs, through libtorch with gradients. Also the
/// second reference that the engine is compared with.
class GraphModule {
 public:
  using Predicate = std::function<bool(const std::string& parameter)>;

  /// Copies the weights to `device`. Parameters that `trainable` refuses stay as they are (a permutation, a mask, a
  /// frozen stage); running means and variances of batch norms are statistics, never trained. Throws what
  /// check_weights throws.
  GraphModule(nn::Network network, torch::Device device, const Predicate& trainable = {});

  /// Batch norms by the batch's own statistics, which are followed with momentum 0.1; else by the running ones.
  void set_training(bool training) { training_ = training; }
  /// Convolutions and products in bf16, what follows them as MixedPrecision says, all results in f32.
  void set_mixed_precision(bool mixed) { mixed_ = mixed; }

  /// input [B C H W] (channels-last preferred); one tensor per graph output, in that order, float:
  /// [B C h w] where the engine gives [B h w C], other ranks alike.
  std::vector<torch::Tensor> forward(const torch::Tensor& input);
  /// Of a network with one output.
  torch::Tensor operator()(const torch::Tensor& input) { return forward(input).at(0); }

  /// What learns, in the order of names.
  std::vector<torch::Tensor> parameters() const;
  /// Every parameter and statistic by name: what a checkpoint holds. The tensors are live.
  const std::map<std::string, torch::Tensor>& values() const { return values_; }

  const nn::Graph& graph() const { return graph_; }
  /// Graph and a copy of the weights as they are now.
  nn::Network network() const;
  torch::Device device() const { return device_; }

 private:
  nn::Graph graph_;
  torch::Device device_;
  std::map<std::string, torch::Tensor> values_;
  bool training_ = true;
  bool mixed_ = false;
};

}  // namespace vigie::learn

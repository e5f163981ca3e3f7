#pragma once

#include <memory>
#include <vector>

#include "vigie/nn/passes.h"

namespace vigie {

/// Runs a network on the CPU through oneDNN: batch norms folded; convolution + bias + residual sum + activation fused
/// into one primitive; primitives, reordered weights and scratch memory cached per input shape (the last 4 shapes).
/// run() may be called from several threads; calls on one Engine take turns.
class Engine {
 public:
  /// Copies what it needs of the weights (reordered). Throws what check_weights throws.
  explicit Engine(const nn::Network& network);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// input F32 [B H W C]; returns one F32 tensor per graph output, in that order, own memory, [B h w C].
  std::vector<Tensor> run(const Tensor& input) const;

  const nn::Graph& graph() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The slow, obvious reference: loops written from each operation's definition, double accumulation. For tests.
std::vector<Tensor> run_reference(const nn::Network& network, const Tensor& input);

}  // namespace vigie

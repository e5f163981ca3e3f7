#pragma once

#include <memory>
#include <vector>

#include "vigie/core/precision.h"
#include "vigie/nn/passes.h"
#include "vigie/nn/quantisation.h"

namespace vigie {

struct EngineOptions {
  Precision precision = Precision::F32;  ///< wanted; a processor without the instructions gets the next one down
  nn::Quantisation quantisation;         ///< Int8: as quantise() measured it; unused otherwise
};

/// Runs a network on the CPU through oneDNN: batch norms folded; convolution + bias + residual sum + activation fused
/// into one primitive; primitives, reordered weights and scratch memory cached per input shape and thread budget (the
/// last 4, or as many as ran at the same time). run() may be called from several threads at once, each on its
/// thread_budget(); a concurrent call costs memory for the values between layers, not for weights.
class Engine {
 public:
  /// Copies what it needs of the weights (reordered). Throws what check_weights throws.
  explicit Engine(const nn::Network& network, const EngineOptions& options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// input F32 [B H W C]; returns one F32 tensor per graph output, in that order, own memory, [B h w C].
  std::vector<Tensor> run(const Tensor& input) const;

  const nn::Graph& graph() const;
  /// The format it really runs in: the wanted one, or the next one down that this processor has.
  Precision precision() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The slow, obvious reference: loops written from each operation's definition, double accumulation. For tests.
std::vector<Tensor> run_reference(const nn::Network& network, const Tensor& input);

}  // namespace vigie

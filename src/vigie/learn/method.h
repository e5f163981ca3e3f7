#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "vigie/learn/graph_module.h"
#include "vigie/learn/training_images.h"
#include "vigie/training/trainer.h"
#include "vigie/training/training_options.h"

namespace vigie::learn {

/// Which images, and what the method made of them.
struct Batch {
  std::vector<std::int64_t> images;   ///< indices into the training images
  std::vector<torch::Tensor> inputs;  ///< on the training device
};

/// One optimiser and what it moves.
struct OptimiserSpec {
  enum class Kind { Adam, AdamW, Sgd };
  Kind kind = Kind::Adam;
  std::vector<torch::Tensor> parameters;
  double learning_rate = 1e-3;
  double weight_decay = 0;
  double beta1 = 0.9;  ///< Sgd: the momentum
  double beta2 = 0.999;
};

/// What the training loop offers a method during one step.
class Step {
 public:
  virtual ~Step() = default;
  /// Moves the parameters of these optimisers (indices of Method::optimisers) against the gradient of `loss` (a
  /// scalar), each one's clipped as the options say, and records the loss under `name`. Throws Internal, naming the
  /// step, before anything has moved, when the loss or its gradient is not finite.
  virtual void minimise(const std::vector<std::size_t>& optimisers, const torch::Tensor& loss,
                        const std::string& name) = 0;
  /// Records a value without learning from it.
  virtual void record(const torch::Tensor& value, const std::string& name) = 0;
  virtual std::int64_t number() const = 0;  ///< 0 … total() - 1
  virtual std::int64_t total() const = 0;
};

/// One way of training: which networks, from what, against which loss. The loop (loop.h) does everything else:
/// batches, validation, checkpoints, records. All randomness of a step comes from its batch's seed or from torch's
/// global generator, which the loop seeds before every step: so a resumed run equals one that never stopped.
class Method {
 public:
  virtual ~Method() = default;

  /// What a checkpoint holds, by fixed names.
  virtual std::vector<std::pair<std::string, GraphModule*>> networks() = 0;
  virtual std::vector<OptimiserSpec> optimisers() = 0;

  /// Prepares a batch; runs in another thread beside step(), so it must not touch what learns. `training` false: as
  /// the validation sees images, with what the loss itself needs (views, defects) but no further augmentation. The same
  /// arguments give the same batch.
  virtual Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const = 0;
  /// Learns from one batch. Networks are in training mode.
  virtual void step(const Batch& batch, Step& step) = 0;
  /// Mean loss of a batch, networks in evaluation mode, without gradients. Never asked of methods that are not
  /// validated.
  virtual double validation_loss(const Batch& batch);
  /// Something to look at in the training log, after a validation; by default nothing.
  virtual void show(const Batch& batch, std::int64_t step, TrainingLog& log) { (void)batch, (void)step, (void)log; }

  /// What it learns from besides the request, as a number that differs when it does: a resumed run wants the same.
  virtual std::uint64_t other_inputs() const { return 0; }

  /// The network as it will be served: input image -> the layers its detector wants, in that order.
  virtual nn::Network served() = 0;
};

/// What a method is made from.
struct MethodInputs {
  const TrainingRequest& request;
  const TrainingImages& images;  ///< all of request.samples; the loop says which are learnt from
  torch::Device device;
  const RunContext& context;
};

/// The one table of trained methods.
struct MethodInfo {
  std::string name;
  std::function<TrainingOptions(const nlohmann::json& options)> training;  ///< the common part of its options
  std::unique_ptr<Method> (*make)(const MethodInputs& inputs);
  /// Whether a loss on images that it did not learn from says how good it is. Else it learns from all images that
  /// nobody keeps for something else, and the last weights are served.
  bool validated = true;
};
const std::vector<MethodInfo>& methods();

}  // namespace vigie::learn

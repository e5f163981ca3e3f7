#include "vigie/detectors/simplenet.h"

#include "vigie/core/random.h"
#include "vigie/learn/cached_features.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/networks/simplenet.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

constexpr std::size_t kAdaptor = 0, kDiscriminator = 1;  // optimisers

nn::Network patch_network(const TrainingRequest& request, const SimplenetOptions& options) {
  const Shape image{1, request.preprocess.height, request.preprocess.width, 3};
  return {patch_graph(request.backbone.graph, options.layers, options.patch_size, image), request.backbone.weights};
}

GraphModule fresh(nn::Graph graph, const MethodInputs& inputs) {
  return {fresh_network(std::move(graph), inputs.request.seed, "simplenet", Initial::Uniform), inputs.device};
}

std::int64_t dims_of(const nn::Graph& patches) {
  return nn::channels_of(patches)[static_cast<std::size_t>(patches.outputs[0].node)];
}

class Simplenet : public Method {
 public:
  Simplenet(const MethodInputs& inputs, const SimplenetOptions& options)
      : device_(inputs.device),
        options_(options),
        patches_(patch_network(inputs.request, options)),
        features_(cached_features(patches_, inputs.request, inputs.context).at(0)),
        adaptor_(fresh(adaptor_graph(dims_of(patches_.graph)), inputs)),
        discriminator_(fresh(discriminator_graph(dims_of(patches_.graph), options.hidden), inputs)) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    return {{"adaptor", &adaptor_}, {"discriminator", &discriminator_}};
  }

  std::vector<OptimiserSpec> optimisers() override {
    const TrainingOptions& training = options_.training;
    return {{.parameters = adaptor_.parameters(),
             .learning_rate = options_.adaptor_learning_rate,
             .weight_decay = training.weight_decay},
            {.parameters = discriminator_.parameters(),
             .learning_rate = training.learning_rate,
             .weight_decay = training.weight_decay}};
  }

  /// inputs[0]: patches [B D h w].
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t, bool) const override {
    return {images, {rows_of(features_, images, device_)}};
  }

  void step(const Batch& batch, Step& step) override {
    const torch::Tensor adapted = adaptor_(batch.inputs[0]);
    const torch::Tensor noisy = adapted + options_.noise * torch::randn_like(adapted);
    const std::vector<torch::Tensor> outputs = discriminator_(torch::cat({adapted, noisy})).chunk(2);
    record(outputs, step);
    step.minimise({kAdaptor, kDiscriminator}, truncated_l1(outputs[0], outputs[1], options_.margin), "truncated_l1");
  }

  nn::Network served() override {
    const nn::Network adaptor = adaptor_.network(), discriminator = discriminator_.network();
    nn::Network network{simplenet_graph(patches_.graph, adaptor.graph, discriminator.graph), patches_.weights};
    for (const nn::Network* part : {&adaptor, &discriminator})
      network.weights.insert(part->weights.begin(), part->weights.end());
    return network;
  }

 private:
  /// Shares of patches beyond the margin, on their right side.
  void record(const std::vector<torch::Tensor>& outputs, Step& step) const {
    step.record((outputs[0] >= options_.margin).to(torch::kFloat32).mean(), "normal_told");
    step.record((outputs[1] < -options_.margin).to(torch::kFloat32).mean(), "noisy_told");
  }

  torch::Device device_;
  SimplenetOptions options_;
  nn::Network patches_;
  torch::Tensor features_;  ///< [N D h w]
  GraphModule adaptor_;
  GraphModule discriminator_;
};

}  // namespace

std::unique_ptr<Method> make_simplenet_training(const MethodInputs& inputs) {
  return std::make_unique<Simplenet>(inputs, options_from_json<SimplenetOptions>(inputs.request.options, "simplenet"));
}

}  // namespace vigie::learn

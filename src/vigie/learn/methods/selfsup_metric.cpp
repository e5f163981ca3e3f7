#include "vigie/detectors/selfsup_metric.h"

#include "vigie/backbones/resnet.h"
#include "vigie/core/threads.h"
#include "vigie/imaging/augment.h"
#include "vigie/imaging/synthetic_defects.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/trainable_backbone.h"
#include "vigie/networks/metric_head.h"
#include "vigie/nn/compose.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

/// A residual network cut at layer3, random weights.
nn::Network small_encoder(const MethodInputs& inputs, std::int64_t width) {
  return fresh_network(nn::select_outputs(resnet_graph({.width = width}), {"layer3"}), inputs.request.seed, "encoder",
                       Initial::He);
}

nn::Network embedding_network(const MethodInputs& inputs, const SelfSupMetricOptions& options) {
  nn::Network network = options.pretrained ? trainable_backbone(inputs, {}) : small_encoder(inputs, options.width);
  const nn::Output last = network.graph.outputs.at(0);
  const std::int64_t channels = nn::channels_of(network.graph)[static_cast<std::size_t>(last.node)];
  const nn::Graph head = metric_head(channels, options.dimensions);
  network.graph = nn::select_outputs(nn::attach(network.graph, last.name, head), {"embedding"});
  network.weights.merge(initial_weights(head, derive_seed(inputs.request.seed, "head"), Initial::Uniform));
  return network;
}

/// The same part, photographed another time.
Tensor view_of(const Tensor& image, const ViewOptions& options, Random& random) {
  Tensor view =
      random_resized_crop(image, {.least_area = options.crop, .least_aspect = 0.9, .most_aspect = 1 / 0.9}, random);
  if (options.rotation > 0) view = rotate(view, random.uniform(-options.rotation, options.rotation));
  if (options.flips && random.below(2) == 1) view = flip_horizontal(view);
  if (options.flips && random.below(2) == 1) view = flip_vertical(view);
  view = colour_jitter(view, {options.jitter, options.jitter, options.jitter, options.jitter}, random);
  return options.noise > 0 ? add_noise(view, random.uniform(0, options.noise), random) : view;
}

Tensor with_defect(const Tensor& view, Random& random) {
  const auto& kinds = synthetic_defects();
  return kinds[random.below(kinds.size())].make(view, random).image;
}

class SelfSupMetric : public Method {
 public:
  SelfSupMetric(const MethodInputs& inputs, const SelfSupMetricOptions& options)
      : inputs_(inputs), options_(options), encoder_(embedding_network(inputs, options), inputs.device) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override { return {{"encoder", &encoder_}}; }

  std::vector<OptimiserSpec> optimisers() override {
    return {{.kind = OptimiserSpec::Kind::AdamW,
             .parameters = encoder_.parameters(),
             .learning_rate = options_.training.learning_rate,
             .weight_decay = options_.training.weight_decay}};
  }

  /// inputs[0] [kB 3 H W]: a view of each image, another view of each and, where defects are used, a third with one.
  /// Views are drawn for validation too: without them there would be nothing to compare.
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool) const override {
    const auto count = static_cast<std::int64_t>(images.size());
    std::vector<Tensor> views(static_cast<std::size_t>((uses_defects() ? 3 : 2) * count));
    parallel_for(count, [&](std::int64_t i) {
      Random random(derive_seed(seed, fmt::format("image {}", i)));
      const auto step = static_cast<std::size_t>(count);
      const Tensor image = inputs_.images.image(images[static_cast<std::size_t>(i)]);
      for (std::size_t at = static_cast<std::size_t>(i); at < views.size(); at += step)
        views[at] = view_of(image, options_.views, random);
      if (uses_defects())
        views[static_cast<std::size_t>(i) + 2 * step] =
            with_defect(views[static_cast<std::size_t>(i) + 2 * step], random);
    });
    return {images, {torch_from_tensor(inputs_.images.normalised(views)).to(inputs_.device)}};
  }

  void step(const Batch& batch, Step& step) override { step.minimise({0}, loss_of(batch), options_.loss); }

  double validation_loss(const Batch& batch) override { return loss_of(batch).item<double>(); }

  nn::Network served() override { return encoder_.network(); }

 private:
  bool uses_defects() const { return options_.loss == "triplet" || options_.defects; }

  torch::Tensor loss_of(const Batch& batch) {
    const auto count = static_cast<std::int64_t>(batch.images.size());
    const std::vector<torch::Tensor> views = encoder_(batch.inputs[0]).flatten(1).split(count);
    if (options_.loss == "triplet") return triplet_loss(views[0], views[1], views[2], options_.margin);
    return nt_xent(views[0], views[1], options_.temperature,
                   {.defects = uses_defects() ? views[2] : torch::Tensor(), .others = options_.others});
  }

  MethodInputs inputs_;
  SelfSupMetricOptions options_;
  GraphModule encoder_;
};

}  // namespace

std::unique_ptr<Method> make_selfsup_metric_training(const MethodInputs& inputs) {
  return std::make_unique<SelfSupMetric>(
      inputs, options_from_json<SelfSupMetricOptions>(inputs.request.options, "selfsup_metric"));
}

}  // namespace vigie::learn

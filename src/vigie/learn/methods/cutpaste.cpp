#include "vigie/detectors/cutpaste.h"

#include "vigie/core/threads.h"
#include "vigie/imaging/augment.h"
#include "vigie/imaging/synthetic_defects.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/trainable_backbone.h"
#include "vigie/networks/cutpaste.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

constexpr std::int64_t kClasses = 3;  // normal, CutPaste, scar

nn::Network encoder_network(const MethodInputs& inputs, const BackboneStart& start) {
  nn::Network backbone = trainable_backbone(inputs, start);
  backbone.graph = cutpaste_encoder(backbone.graph);
  return backbone;
}

nn::Network head_network(const MethodInputs& inputs, const nn::Graph& encoder, std::int64_t hidden) {
  const std::int64_t channels = nn::channels_of(encoder)[static_cast<std::size_t>(encoder.outputs[0].node)];
  return fresh_network(cutpaste_head({.channels = channels, .hidden = hidden, .classes = kClasses}),
                       inputs.request.seed, "head", Initial::Uniform);
}

class CutPaste : public Method {
 public:
  CutPaste(const MethodInputs& inputs, const CutPasteOptions& options)
      : inputs_(inputs),
        options_(options),
        start_{options.pretrained, options.frozen_stages},
        encoder_(encoder_network(inputs, start_), inputs.device,
                 [this](const std::string& name) { return learns(name, start_); }),
        head_(head_network(inputs, encoder_.graph(), options.hidden_layers), inputs.device) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    return {{"encoder", &encoder_}, {"head", &head_}};
  }

  std::vector<OptimiserSpec> optimisers() override {
    OptimiserSpec spec{.kind = OptimiserSpec::Kind::Sgd,
                       .parameters = encoder_.parameters(),
                       .learning_rate = options_.training.learning_rate,
                       .weight_decay = options_.training.weight_decay,
                       .beta1 = 0.9};
    for (const torch::Tensor& parameter : head_.parameters()) spec.parameters.push_back(parameter);
    return {spec};
  }

  /// inputs[0] [3B 3 H W]: all normal, then all CutPaste, then all scars, of the same images.
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    const auto count = static_cast<std::int64_t>(images.size());
    std::vector<Tensor> views(static_cast<std::size_t>(kClasses * count));
    parallel_for(count, [&](std::int64_t i) {
      Random random(derive_seed(seed, fmt::format("image {}", i)));
      const auto at = static_cast<std::size_t>(i), step = static_cast<std::size_t>(count);
      const Tensor image = inputs_.images.image(images[at]);
      const double range = training ? options_.jitter : 0;
      views[at] = colour_jitter(image, {range, range, range, range}, random);
      views[at + step] = cut_paste(views[at], random).image;
      views[at + 2 * step] = scar(views[at], random).image;
    });
    return {images, {torch_from_tensor(inputs_.images.normalised(views)).to(inputs_.device)}};
  }

  void step(const Batch& batch, Step& step) override {
    const double share = static_cast<double>(step.number()) / static_cast<double>(step.total());
    // A head that knows nothing yet would pull good features apart.
    const bool head_alone = options_.pretrained && share < options_.head_start;
    const torch::Tensor logits = classify(batch, head_alone), labels = labels_of(batch);
    step.record((logits.argmax(1) == labels).to(torch::kFloat32).mean(), "accuracy");
    step.minimise({0}, cross_entropy(logits, labels), "cross_entropy");
  }

  double validation_loss(const Batch& batch) override {
    return cross_entropy(classify(batch, true), labels_of(batch)).item<double>();
  }

  void show(const Batch& batch, std::int64_t step, TrainingLog& log) override {
    if (shown_) return;
    shown_ = true;  // the pictures do not change
    Random random(inputs_.request.seed);
    const Tensor image = inputs_.images.image(batch.images.at(0));
    log.image("cutpaste", step, cut_paste(image, random).image);
    log.image("scar", step, scar(image, random).image);
  }

  nn::Network served() override { return encoder_.network(); }

 private:
  torch::Tensor classify(const Batch& batch, bool encoder_fixed) {
    torch::Tensor embedding;
    {
      const torch::AutoGradMode gradients(torch::GradMode::is_enabled() && !encoder_fixed);
      embedding = encoder_(batch.inputs[0]);
    }
    return head_(embedding).flatten(1);
  }

  torch::Tensor labels_of(const Batch& batch) const {
    return torch::arange(kClasses, torch::kInt64)
        .repeat_interleave(static_cast<std::int64_t>(batch.images.size()))
        .to(inputs_.device);
  }

  MethodInputs inputs_;
  CutPasteOptions options_;
  BackboneStart start_;
  GraphModule encoder_;
  GraphModule head_;
  bool shown_ = false;
};

}  // namespace

std::unique_ptr<Method> make_cutpaste_training(const MethodInputs& inputs) {
  return std::make_unique<CutPaste>(inputs, options_from_json<CutPasteOptions>(inputs.request.options, "cutpaste"));
}

}  // namespace vigie::learn

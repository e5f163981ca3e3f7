#include "vigie/detectors/ganomaly.h"

#include "vigie/core/random.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/reconstruction.h"
#include "vigie/networks/ganomaly.h"

namespace vigie::learn {

namespace {

GanomalyShape ganomaly_shape(const MethodInputs& inputs, const GanomalyOptions& options) {
  return {.height = inputs.request.preprocess.height,
          .width = inputs.request.preprocess.width,
          .latent = options.latent,
          .base = options.width,
          .most_channels = options.most_channels};
}

nn::Network start(const MethodInputs& inputs, nn::Graph graph, std::string_view name) {
  return fresh_network(std::move(graph), inputs.request.seed, name, Initial::Normal002);
}

class GanomalyTraining : public Method {
 public:
  GanomalyTraining(const MethodInputs& inputs, const GanomalyOptions& options)
      : inputs_(inputs),
        options_(options),
        generator_(start(inputs, ganomaly_generator(ganomaly_shape(inputs, options)), "generator"), inputs.device),
        discriminator_(start(inputs, ganomaly_discriminator(ganomaly_shape(inputs, options)), "discriminator"),
                       inputs.device) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    return {{"generator", &generator_}, {"discriminator", &discriminator_}};
  }

  std::vector<OptimiserSpec> optimisers() override {
    std::vector<OptimiserSpec> specs{adam(options_.training, generator_.parameters()),
                                     adam(options_.training, discriminator_.parameters())};
    for (OptimiserSpec& spec : specs) spec.beta1 = 0.5;
    return specs;
  }

  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    return image_batch(inputs_, images, seed, {.flips = training && options_.flips});
  }

  void step(const Batch& batch, Step& step) override {
    const torch::Tensor real = 2 * batch.inputs[0] - 1;  // what the generator's tanh gives
    const Generated made = generate(batch.inputs[0]);
    const Judged of_real = judge(real);
    const torch::Tensor adversarial = torch::mse_loss(judge(made.image).features, of_real.features.detach());
    const torch::Tensor context = torch::l1_loss(made.image, real);
    const torch::Tensor latent = torch::mse_loss(made.latent_again, made.latent);
    step.record(adversarial, "adversarial");
    step.record(context, "context");
    step.record(latent, "latent");
    step.minimise(
        {0},
        options_.adversarial_weight * adversarial + options_.context_weight * context + options_.latent_weight * latent,
        "generator");

    const torch::Tensor told =
        adversarial_loss(of_real.logit, true) + adversarial_loss(judge(made.image.detach()).logit, false);
    step.minimise({1}, 0.5 * told, "discriminator");
  }

  void show(const Batch& batch, std::int64_t step, TrainingLog& log) override {
    log.image("reconstruction", step, picture_of({batch.inputs[0], 0.5 * (generate(batch.inputs[0]).image + 1)}));
  }

  nn::Network served() override {
    const nn::Network whole = generator_.network();
    return nn::network_of(nn::select_outputs(whole.graph, make_ganomaly(options_)->layers()), whole.weights);
  }

 private:
  struct Generated {
    torch::Tensor latent, latent_again, image;
  };
  struct Judged {
    torch::Tensor features, logit;
  };

  /// images [B 3 H W], 0 … 1.
  Generated generate(const torch::Tensor& images) {
    const std::vector<torch::Tensor> outputs = generator_.forward(images);
    return {outputs[0], outputs[1], outputs[2]};
  }
  /// images [B 3 H W], -1 … 1.
  Judged judge(const torch::Tensor& images) {
    const std::vector<torch::Tensor> outputs = discriminator_.forward(images);
    return {outputs[0], outputs[1]};
  }

  MethodInputs inputs_;
  GanomalyOptions options_;
  GraphModule generator_;
  GraphModule discriminator_;
};

}  // namespace

std::unique_ptr<Method> make_ganomaly_training(const MethodInputs& inputs) {
  return std::make_unique<GanomalyTraining>(inputs,
                                            options_from_json<GanomalyOptions>(inputs.request.options, "ganomaly"));
}

}  // namespace vigie::learn

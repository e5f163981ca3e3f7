#include "vigie/detectors/aae.h"

#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/reconstruction.h"

namespace vigie::learn {

namespace {

class Aae : public Method {
 public:
  Aae(const MethodInputs& inputs, const AaeOptions& options)
      : inputs_(inputs),
        options_(options),
        network_(fresh_network(inputs, nn::select_outputs(graph(), {"latent", "reconstruction"}), "autoencoder"),
                 inputs.device),
        discriminator_(
            fresh_network(inputs, latent_discriminator(options.latent, options.discriminator), "discriminator"),
            inputs.device) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    return {{"autoencoder", &network_}, {"discriminator", &discriminator_}};
  }

  std::vector<OptimiserSpec> optimisers() override {
    OptimiserSpec adversary = adam(options_.training, discriminator_.parameters());
    adversary.beta1 = 0.5;  // the usual choice beside a moving opponent (DCGAN)
    return {adam(options_.training, network_.parameters()), adversary};
  }

  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    return image_batch(inputs_, images, seed, training ? Views{options_.flips, options_.rotation} : Views{});
  }

  void step(const Batch& batch, Step& step) override {
    const torch::Tensor& images = batch.inputs[0];
    const std::vector<torch::Tensor> outputs = network_.forward(images);  // latent, reconstruction
    const torch::Tensor latent = outputs[0].detach();
    const torch::Tensor told = adversarial_loss(discriminator_(torch::randn_like(latent)), true) +
                               adversarial_loss(discriminator_(latent), false);
    step.minimise({1}, 0.5 * told, "discriminator");

    const torch::Tensor reconstruction = reconstruction_loss(outputs[1], images, options_.ssim_weight);
    const torch::Tensor fooled = adversarial_loss(discriminator_(outputs[0]), true);
    step.record(reconstruction, "reconstruction");
    step.record(fooled, "adversarial");
    step.minimise({0}, reconstruction + options_.adversarial_weight * fooled, "loss");
  }

  double validation_loss(const Batch& batch) override {
    return reconstruction_loss(network_.forward(batch.inputs[0])[1], batch.inputs[0], options_.ssim_weight)
        .item<double>();
  }

  void show(const Batch& batch, std::int64_t step, TrainingLog& log) override {
    log.image("reconstruction", step, picture_of({batch.inputs[0], network_.forward(batch.inputs[0])[1]}));
  }

  nn::Network served() override {
    return nn::network_of(nn::select_outputs(graph(), make_aae(options_)->layers()), network_.network().weights);
  }

 private:
  nn::Graph graph() const { return autoencoder_graph(shape_of(inputs_, options_)); }

  MethodInputs inputs_;
  AaeOptions options_;
  GraphModule network_;
  GraphModule discriminator_;
};

}  // namespace

std::unique_ptr<Method> make_aae_training(const MethodInputs& inputs) {
  return std::make_unique<Aae>(inputs, options_from_json<AaeOptions>(inputs.request.options, "aae"));
}

}  // namespace vigie::learn

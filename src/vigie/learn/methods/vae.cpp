#include "vigie/detectors/vae.h"

#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/reconstruction.h"

namespace vigie::learn {

namespace {

constexpr double kGrowth = 0.1;  // share of the steps over which beta grows

class Vae : public Method {
 public:
  Vae(const MethodInputs& inputs, const VaeOptions& options)
      : inputs_(inputs),
        options_(options),
        encoder_(fresh_network(inputs, latent_of(variational_encoder(shape_of(inputs, options))), "encoder"),
                 inputs.device),
        decoder_(fresh_network(inputs, autoencoder_decoder(shape_of(inputs, options)), "decoder"), inputs.device) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    return {{"encoder", &encoder_}, {"decoder", &decoder_}};
  }

  std::vector<OptimiserSpec> optimisers() override {
    std::vector<torch::Tensor> parameters = encoder_.parameters();
    for (const torch::Tensor& parameter : decoder_.parameters()) parameters.push_back(parameter);
    return {adam(options_.training, parameters)};
  }

  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    return image_batch(inputs_, images, seed, training ? Views{options_.flips, options_.rotation} : Views{});
  }

  void step(const Batch& batch, Step& step) override {
    const torch::Tensor& images = batch.inputs[0];
    const std::vector<torch::Tensor> latent = encoder_.forward(images);
    const torch::Tensor drawn = latent[0] + (0.5 * latent[1]).exp() * torch::randn_like(latent[0]);
    const torch::Tensor reconstruction = reconstruction_loss(decoder_(drawn), images, options_.ssim_weight);
    // Per value of the image, as the mean squared error is: so beta means the same at every size.
    const torch::Tensor distance =
        kl_from_standard_normal(latent[0], latent[1]) / static_cast<double>(images[0].numel());
    step.record(reconstruction, "reconstruction");
    step.record(distance, "kl");
    step.minimise({0}, reconstruction + options_.beta * annealed(step.number(), step.total(), kGrowth) * distance,
                  "loss");
  }

  double validation_loss(const Batch& batch) override {
    return reconstruction_loss(reconstruct(batch), batch.inputs[0], options_.ssim_weight).item<double>();
  }

  void show(const Batch& batch, std::int64_t step, TrainingLog& log) override {
    log.image("reconstruction", step, picture_of({batch.inputs[0], reconstruct(batch)}));
  }

  nn::Network served() override {
    TensorMap weights = encoder_.network().weights;
    weights.merge(decoder_.network().weights);
    const nn::Graph whole = variational_autoencoder_graph(shape_of(inputs_, options_));
    return nn::network_of(nn::select_outputs(whole, make_vae(options_)->layers()), weights);
  }

 private:
  static nn::Graph latent_of(const nn::Graph& encoder) { return nn::select_outputs(encoder, {"mean", "log_variance"}); }

  /// From the most likely latent, as it is served.
  torch::Tensor reconstruct(const Batch& batch) { return decoder_(encoder_.forward(batch.inputs[0])[0]); }

  MethodInputs inputs_;
  VaeOptions options_;
  GraphModule encoder_;
  GraphModule decoder_;
};

}  // namespace

std::unique_ptr<Method> make_vae_training(const MethodInputs& inputs) {
  return std::make_unique<Vae>(inputs, options_from_json<VaeOptions>(inputs.request.options, "vae"));
}

}  // namespace vigie::learn

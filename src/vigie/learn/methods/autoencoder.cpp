#include "vigie/detectors/autoencoder.h"

#include "vigie/detectors/ae_mahalanobis.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/reconstruction.h"

namespace vigie::learn {

namespace {

/// Encoder and decoder in a row; `outputs`: what the detector wants of them.
class Autoencoder : public Method {
 public:
  Autoencoder(const MethodInputs& inputs, const AutoencoderOptions& options, std::vector<std::string> outputs)
      : inputs_(inputs), options_(options), outputs_(std::move(outputs)), network_(start(), inputs.device) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override { return {{"autoencoder", &network_}}; }
  std::vector<OptimiserSpec> optimisers() override { return {adam(options_.training, network_.parameters())}; }

  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    return image_batch(inputs_, images, seed, training ? Views{options_.flips, options_.rotation} : Views{});
  }

  void step(const Batch& batch, Step& step) override { step.minimise({0}, loss(batch), "reconstruction"); }

  double validation_loss(const Batch& batch) override { return loss(batch).item<double>(); }

  void show(const Batch& batch, std::int64_t step, TrainingLog& log) override {
    log.image("reconstruction", step, picture_of({batch.inputs[0], network_(batch.inputs[0])}));
  }

  nn::Network served() override {
    const nn::Graph whole = autoencoder_graph(shape_of(inputs_, options_));
    return nn::network_of(nn::select_outputs(whole, outputs_), network_.network().weights);
  }

 private:
  nn::Network start() const {
    const nn::Graph whole = autoencoder_graph(shape_of(inputs_, options_));
    return fresh_network(inputs_, nn::select_outputs(whole, {"reconstruction"}), "autoencoder");
  }

  torch::Tensor loss(const Batch& batch) {
    return reconstruction_loss(network_(batch.inputs[0]), batch.inputs[0], options_.ssim_weight);
  }

  MethodInputs inputs_;
  AutoencoderOptions options_;
  std::vector<std::string> outputs_;
  GraphModule network_;
};

}  // namespace

std::unique_ptr<Method> make_autoencoder_training(const MethodInputs& inputs) {
  const auto options = options_from_json<AutoencoderOptions>(inputs.request.options, "autoencoder");
  return std::make_unique<Autoencoder>(inputs, options, std::vector<std::string>{"input", "reconstruction"});
}

std::unique_ptr<Method> make_ae_mahalanobis_training(const MethodInputs& inputs) {
  const auto options = options_from_json<AeMahalanobisOptions>(inputs.request.options, "ae_mahalanobis");
  return std::make_unique<Autoencoder>(inputs, options, std::vector<std::string>{"latent"});
}

}  // namespace vigie::learn

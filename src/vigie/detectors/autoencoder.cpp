#include "vigie/detectors/autoencoder.h"

#include "vigie/detectors/reconstruction_detector.h"

namespace vigie {

void AutoencoderOptions::describe(OptionList& list) {
  list.add("latent", latent, "numbers that an image is squeezed into, 8 ... 1024 (published: 100 ... 500)", 8, 1024);
  list.add("width", width, "channels of the network's outer layers; inner ones have 2 and 4 times as many, 4 ... 256",
           4, 256);
  list.add("ssim_weight", ssim_weight,
           "weight of 1 - SSIM beside the squared error, in the loss and in the map, 0 ... 1000", 0, 1000);
  list.add("flips", flips, "train on images mirrored left-right and top-bottom too, for parts that may lie either way");
  list.add("rotation", rotation, "train on images turned by up to so many degrees either way, 0 ... 180", 0, 180);
  training.describe(list);
}

std::unique_ptr<Detector> make_autoencoder(const AutoencoderOptions& options) {
  return make_reconstruction_detector({.name = "autoencoder", .ssim_weight = options.ssim_weight});
}

NetworkTraining autoencoder_training() {
  return {
      .unit_input = true,
      .backbone_layers = {},
      .presets = {{"paper", "the published schedule of the plain autoencoder: 200 epochs", nlohmann::json::object()},
                  {"quick",
                   "a short schedule at a higher learning rate: minutes on two cores",
                   {{"epochs", 60}, {"batch_size", 8}, {"learning_rate", 1e-3}, {"schedule", "cosine"}}}}};
}

}  // namespace vigie

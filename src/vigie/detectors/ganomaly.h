#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

struct GanomalyOptions {
  std::int64_t latent = 100;
  std::int64_t width = 64;
  std::int64_t most_channels = 512;
  double adversarial_weight = 1;
  double context_weight = 50;
  double latent_weight = 1;
  std::string distance = "l2";
  bool flips = false;
  TrainingOptions training{.epochs = 500, .batch_size = 16, .learning_rate = 2e-4};

  void describe(OptionList& list);
};

/// Judges an image by how far the latent of its reconstruction is from its own latent: encoder, decoder and second
/// encoder trained beside a discriminator. Paper: Akcay, Atapour-Abarghouei, Breckon 2018, "GANomaly: Semi-Supervised
/// Anomaly Detection via Adversarial Training", arXiv 1805.06725. Differs: channels stop doubling at most_channels (the
/// authors' reach 2048 at 256 x 256); 500 epochs of batches of 16, since normal sets here hold hundreds of images, not
/// the 45 000 of CIFAR-10; the discriminator is never started afresh. Image level only: no map; image score = mean over
/// the latent of the squared (l2) or absolute (l1) differences, not scaled to 0 … 1. State: the layout.
std::unique_ptr<Detector> make_ganomaly(const GanomalyOptions& options);

NetworkTraining ganomaly_training();

}  // namespace vigie

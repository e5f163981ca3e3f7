#pragma once

#include "vigie/detectors/autoencoder.h"

namespace vigie {

struct AaeOptions : AutoencoderOptions {
  double adversarial_weight = 0.01;
  std::int64_t discriminator = 1000;

  void describe(OptionList& list);
};

/// An adversarial autoencoder: a discriminator that tells latents from draws of N(0, I) teaches the encoder to fill
/// that prior. Judges as `autoencoder` does. Paper: Makhzani et al. 2015, "Adversarial Autoencoders", arXiv 1511.05644.
/// Differs: a deterministic convolutional encoder; the encoder learns to reconstruct and to fool in one step of Adam,
/// loss = reconstruction + adversarial_weight · cross-entropy, not in two of SGD.
std::unique_ptr<Detector> make_aae(const AaeOptions& options);

}  // namespace vigie

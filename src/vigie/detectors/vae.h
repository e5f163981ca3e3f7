#pragma once

#include "vigie/detectors/autoencoder.h"

namespace vigie {

struct VaeOptions : AutoencoderOptions {
  double beta = 1;
  bool elbo_score = false;

  void describe(OptionList& list);
};

/// A variational autoencoder: the encoder gives a Gaussian over latents that is kept near N(0, I). Judges by the
/// reconstruction from its mean as `autoencoder` does, or (elbo_score) by the whole loss. Paper: Kingma & Welling 2014,
/// "Auto-Encoding Variational Bayes", arXiv 1312.6114; Higgins et al. 2017 for beta. All terms are per value of the
/// image: loss = mean squared error + ssim_weight · (1 − SSIM) + beta · KL / (H·W·3), KL summed over the latent. Times
/// H·W·3, with beta 1 and without SSIM, that is the negative ELBO of a decoder with variance ½ per value.
/// Own image score = mean of the map, with elbo_score + beta · KL / (H·W·3).
std::unique_ptr<Detector> make_vae(const VaeOptions& options);

}  // namespace vigie

#include "vigie/detectors/vae.h"

#include "vigie/detectors/reconstruction_detector.h"

namespace vigie {

void VaeOptions::describe(OptionList& list) {
  list.add("beta", beta,
           "weight of the latents' distance from N(0, I); grows from 0 over the first tenth, 1e-6 ... 1e6", 1e-6, 1e6);
  list.add("elbo_score", elbo_score, "the own image score adds beta * KL / (H*W*3) to the mean of the map");
  AutoencoderOptions::describe(list);
}

std::unique_ptr<Detector> make_vae(const VaeOptions& options) {
  return make_reconstruction_detector(
      {.name = "vae", .ssim_weight = options.ssim_weight, .kl_weight = options.elbo_score ? options.beta : 0});
}

}  // namespace vigie

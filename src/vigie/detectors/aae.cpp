#include "vigie/detectors/aae.h"

#include "vigie/detectors/reconstruction_detector.h"

namespace vigie {

void AaeOptions::describe(OptionList& list) {
  list.add("adversarial_weight", adversarial_weight,
           "weight of fooling the discriminator beside the reconstruction, in the encoder's loss, 0 ... 1000", 0, 1000);
  list.add("discriminator", discriminator, "units of each of the discriminator's two hidden layers, 1 ... 10000", 1,
           10000);
  AutoencoderOptions::describe(list);
}

std::unique_ptr<Detector> make_aae(const AaeOptions& options) {
  return make_reconstruction_detector({.name = "aae", .ssim_weight = options.ssim_weight});
}

}  // namespace vigie

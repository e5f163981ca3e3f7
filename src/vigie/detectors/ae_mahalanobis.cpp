#include "vigie/detectors/ae_mahalanobis.h"

#include "vigie/detectors/gaussian.h"

namespace vigie {

std::unique_ptr<Detector> make_ae_mahalanobis(const AeMahalanobisOptions&) {
  GaussianOptions gaussian;
  gaussian.layers = {"latent"};
  return make_gaussian(gaussian);
}

}  // namespace vigie

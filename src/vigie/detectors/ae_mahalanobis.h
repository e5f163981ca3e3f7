#pragma once

#include "vigie/detectors/autoencoder.h"

namespace vigie {

struct AeMahalanobisOptions : AutoencoderOptions {};

/// Mahalanobis distance of an autoencoder's latent to a Gaussian of the normals' latents, shrunk as Ledoit & Wolf do:
/// the network and training of `autoencoder`, the statistics of `gaussian`. Image level only: no map. Z = latent: state
/// Z·(Z + 3)/2 floats; fit N·Z² + Z³ FLOP, predict Z² FLOP and half the network.
std::unique_ptr<Detector> make_ae_mahalanobis(const AeMahalanobisOptions& options);

}  // namespace vigie

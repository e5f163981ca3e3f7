#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

/// How a detector judges by reconstruction.
struct ReconstructionScoring {
  std::string name;  ///< of the method, for messages
  double ssim_weight = 1;
  /// > 0: the network also gives "mean" and "log_variance" [B 1 1 Z] of a Gaussian over latents, and its distance from
  /// the standard normal, sum over Z, divided by H·W·C and times this, joins the image score.
  double kl_weight = 0;
};

/// The detector behind autoencoders of all kinds. Wants the layers "input" and "reconstruction" [B H W C]; the map is
/// reconstruction_error() at H x W, the own image score its mean. Learns nothing from normals: fit() reads them once so
/// as to know and check the layout. State: the layout. Predict about 150·H·W·C FLOP an image.
std::unique_ptr<Detector> make_reconstruction_detector(const ReconstructionScoring& scoring);

}  // namespace vigie

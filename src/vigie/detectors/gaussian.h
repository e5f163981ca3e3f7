#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

struct GaussianOptions {
  std::vector<std::string> layers = {"layer1", "layer2", "layer3", "pool"};

  void describe(OptionList& list) {
    list.add("layers", layers, "backbone layers, one Gaussian each on the mean over the grid; distances are summed");
  }
};

/// Fits one Gaussian per stage to globally averaged features, with Ledoit–Wolf shrinkage, and sums the Mahalanobis
/// distances. Paper: Rippel, Mertens, Merhof 2020, "Modeling the Distribution of Normal Data in Pre-Trained Deep
/// Features", arXiv 2005.14140. Differs: four stages of a residual network by default ("pool" is the last), not the
/// nine of EfficientNet-B4; with a shrinkage below 1e-6 that share of the mean variance is added to the diagonal, so
/// that the covariance can always be inverted. Image level only: no map. Memory D·(D+1)/2 floats a stage; fit N·D² + D³
/// FLOP, predict D² FLOP.
std::unique_ptr<Detector> make_gaussian(const GaussianOptions& options);

}  // namespace vigie

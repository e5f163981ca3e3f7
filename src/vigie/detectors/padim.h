#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

struct PadimOptions {
  std::vector<std::string> layers = {"layer1", "layer2", "layer3"};
  std::int64_t dims = -1;
  std::int64_t seed = 1024;
  double regularisation = 0.01;

  void describe(OptionList& list) {
    list.add("layers", layers, "backbone layers, brought to the first one's grid and concatenated");
    list.add("dims", dims,
             "channels kept, drawn at random; 0 = all; -1 = as published: 100 (ResNet-18), 550 from 1792 channels on "
             "(WideResNet-50); -1 ... 100000",
             -1, 100000);
    list.add("seed", seed, "of the draw of channels, 0 ... 2^53", 0, std::int64_t{1} << 53);
    list.add("regularisation", regularisation, "added to the variances, feature units squared, 1e-9 ... 1e6", 1e-9,
             1e6);
  }
};

/// Fits one Gaussian per grid position to a random choice of channels; a position's evidence is its Mahalanobis
/// distance. Paper: Defard et al. 2020, "PaDiM", arXiv 2011.08785. Differs: none known; coarser layers are repeated
/// (nearest neighbour) up to the first layer's grid as the paper's patch correspondence says; covariance with divisor N
/// − 1. Own image score = largest distance. P = h·w positions of the first layer, D channels kept: model P·(D +
/// D·(D+1)/2) floats (ResNet-18 at 224: 64 MB; WideResNet-50-550: 1.9 GB; D = all 448: 1.3 GB), fit N·P·D floats more;
/// fit P·(N·D² + D³) FLOP, predict P·D² FLOP an image, bound by reading the model once a batch.
std::unique_ptr<Detector> make_padim(const PadimOptions& options);

}  // namespace vigie

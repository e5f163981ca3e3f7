#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

struct SubspaceOptions {
  std::vector<std::string> layers = {"layer2", "layer3"};
  std::int64_t patch_size = 3;
  double variance = 0.99;
  std::int64_t max_components = 0;

  void describe(OptionList& list) {
    list.add("layers", layers, "backbone layers, brought to the first one's grid and concatenated");
    list.add("patch_size", patch_size, "side of the neighbourhood averaged around each grid cell, cells, odd, 1 ... 15",
             1, 15);
    list.add("variance", variance, "share of the normal patches' variance that the subspace keeps, 0.01 ... 0.999999",
             0.01, 0.999999);
    list.add("max_components", max_components, "cap on the subspace's dimensions; 0 = none, 0 ... 16384", 0, 16384);
  }
};

/// Fits a linear subspace to normal patches; a patch's evidence is its distance to that subspace.
/// Paper: Ndiour et al. 2022, "FRE: A Fast Method For Anomaly Detection And Segmentation", arXiv 2211.12650. Differs:
/// one subspace for the patch vectors of all layers together (those of PatchCore), not one per layer. Own image score =
/// largest residual. D dimensions, k kept: model (k + 1)·D floats (ResNet-18: D = 384, below 0.6 MB); fit 2·N·P·D² +
/// 9·D³ FLOP and D² doubles, one pass; predict 4·P·D·k FLOP an image.
std::unique_ptr<Detector> make_subspace(const SubspaceOptions& options);

}  // namespace vigie

#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

struct KnnOptions {
  std::string layer = "pool";
  std::int64_t neighbours = 5;

  void describe(OptionList& list) {
    list.add("layer", layer,
             "backbone layer whose mean over the grid stands for an image; pool = last stage, averaged");
    list.add("neighbours", neighbours, "K nearest normal images to average over, images, 1 ... 1000", 1, 1000);
  }
};

/// Scores an image by its mean Euclidean distance to the K nearest normal images, each one global feature vector.
/// Paper: Bergman, Cohen, Hoshen 2020, "Deep Nearest Neighbor Anomaly Detection" (DN2), arXiv 2002.10445.
/// Differs: fewer normals than K lower K to their number, with a warning. Image level only: no map.
/// Memory N·D floats; time 2·N·D FLOP an image.
std::unique_ptr<Detector> make_knn(const KnnOptions& options);

}  // namespace vigie

#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

struct SpadeOptions {
  std::vector<std::string> layers = {"layer1", "layer2", "layer3"};
  std::string pool_layer = "pool";
  std::int64_t neighbours = 50;
  std::int64_t pixel_neighbours = 1;

  void describe(OptionList& list) {
    list.add("layers", layers,
             "backbone layers of the pixel pyramid, brought to the first one's grid and concatenated");
    list.add("pool_layer", pool_layer, "layer whose mean over the grid finds the gallery images; pool = last stage");
    list.add("neighbours", neighbours, "K nearest normal images that form the gallery, images, 1 ... 100", 1, 100);
    list.add("pixel_neighbours", pixel_neighbours,
             "nearest gallery positions (of any gallery image) averaged per position, 1 ... 100", 1, 100);
  }
};

/// Finds the K normal images nearest as a whole, then compares every position with all positions of those.
/// Paper: Cohen & Hoshen 2020, "Sub-Image Anomaly Detection with Deep Pyramid Correspondences" (SPADE), arXiv
/// 2005.02357. Differs: fewer normals than K lower K to their number, with a warning. Own image score = mean distance
/// to the K images. P = h·w positions of the first layer, D channels of all layers. Memory: the normals' layers at
/// their own grids (ResNet-18 at 224: 1.4 MB an image; brought to one grid they would take 5.6 MB). Time 2·K·P²·D FLOP
/// an image (K = 50: 440 GFLOP).
std::unique_ptr<Detector> make_spade(const SpadeOptions& options);

}  // namespace vigie

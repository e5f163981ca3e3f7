#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

struct RiadOptions {
  std::int64_t base_width = 64;
  double mse_weight = 1;
  double msgms_weight = 1;
  double ssim_weight = 1;
  std::int64_t mean_filter = 21;
  TrainingOptions training{.epochs = 300, .batch_size = 4, .learning_rate = 1e-4};

  void describe(OptionList& list) {
    list.add("base_width", base_width, "channels of the U-Net at full resolution, 1 ... 256", 1, 256);
    list.add("mse_weight", mse_weight, "weight of the squared error in the loss, 0 ... 1000", 0, 1000);
    list.add("msgms_weight", msgms_weight, "weight of the gradients' dissimilarity in the loss, 0 ... 1000", 0, 1000);
    list.add("ssim_weight", ssim_weight, "weight of the structural dissimilarity in the loss, 0 ... 1000", 0, 1000);
    list.add("mean_filter", mean_filter, "side of the mean filter over the map, pixels, odd, 1 ... 255", 1, 255);
    training.describe(list);
  }
};

/// Paints removed cells of the image in from the rest and compares the gradients of image and painting.
/// Paper: Zavrtanik, Kristan, Skočaj 2021, "Reconstruction by inpainting for visual anomaly detection", Pattern
/// Recognition 112 (RIAD). The map is one minus the multi-scale gradient magnitude similarity (4 scales) of image and
/// reconstruction, averaged over the sizes of cells and smoothed by a mean filter; the score is its maximum.
/// Differs: the mean filter and the gradients do not take pixels from outside the image; the
/// masks at test time are drawn once and kept in the network. Reads riad_outputs() (networks/riad.h), images in 0 … 1.
/// State: none but the layout. Time O(H·W) a map, beside 12 passes of the network.
std::unique_ptr<Detector> make_riad(const RiadOptions& options);

}  // namespace vigie

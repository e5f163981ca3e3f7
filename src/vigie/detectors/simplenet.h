#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

struct SimplenetOptions {
  std::vector<std::string> layers = {"layer2", "layer3"};
  std::int64_t patch_size = 3;
  std::int64_t hidden = 1024;
  double noise = 0.015;
  double margin = 0.5;
  double adaptor_learning_rate = 1e-4;
  TrainingOptions training{.epochs = 160, .batch_size = 4, .learning_rate = 2e-4, .weight_decay = 1e-5};

  void describe(OptionList& list) {
    list.add("layers", layers, "backbone layers, brought to the first one's grid and concatenated");
    list.add("patch_size", patch_size, "side of the neighbourhood averaged around each grid cell, cells, odd, 1 ... 15",
             1, 15);
    list.add("hidden", hidden, "hidden channels of the discriminator, 1 ... 16384", 1, 16384);
    list.add("noise", noise, "standard deviation of what makes a normal feature anomalous, feature units, 1e-6 ... 100",
             1e-6, 100);
    list.add("margin", margin, "outputs beyond which a patch costs nothing more, 0.001 ... 100", 1e-3, 100);
    list.add("adaptor_learning_rate", adaptor_learning_rate,
             "step size of the adaptor (learning_rate is the discriminator's), 1e-8 ... 10", 1e-8, 10);
    training.describe(list);
  }
};

/// A small discriminator tells patch features from the same with noise added; what it takes for noisy is anomalous.
/// Takes "discriminator" [B h w 1] (networks/simplenet.h): a patch's evidence is its negative; image score = largest.
/// Paper: Liu et al. 2023, "SimpleNet", CVPR, arXiv 2303.15140. Differs: docs/detectors/simplenet.md. State: none
/// beside the network.
std::unique_ptr<Detector> make_simplenet(const SimplenetOptions& options);

}  // namespace vigie

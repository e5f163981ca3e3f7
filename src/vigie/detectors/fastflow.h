#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

struct FastflowOptions {
  std::vector<std::string> layers = {"layer1", "layer2", "layer3"};
  std::int64_t flow_steps = 8;
  bool only_3x3 = false;
  double hidden_ratio = 1.0;
  TrainingOptions training{.epochs = 500, .batch_size = 32, .learning_rate = 1e-3, .weight_decay = 1e-5};

  void describe(OptionList& list) {
    list.add("layers", layers,
             "backbone layers, each with a flow of its own; maps are brought to the first one's grid");
    list.add("flow_steps", flow_steps, "coupling steps of every flow, 1 ... 64", 1, 64);
    list.add("only_3x3", only_3x3, "3x3 convolutions in every step; else 3x3 and 1x1 in turn");
    list.add("hidden_ratio", hidden_ratio,
             "hidden channels of a step per input channel of its convolutions, 0.01 ... 8", 0.01, 8);
    training.describe(list);
  }
};

/// A normalising flow per layer turns normal features into standard normal noise z (networks/flow.h); where z is large,
/// the features are unlikely. Takes "z.<layer>" of every layer [B h w C]: a position's likelihood is exp(-mean_c z² /
/// 2), brought to the first layer's grid bilinearly; its evidence is the negative log of the mean over layers, 0 … 87
/// nats; image score = largest. Paper: Yu et al. 2021, "FastFlow", arXiv 2111.07677, which has the negative mean
/// itself: the same order, but it saturates, and thresholds learnt from normals would lie beyond what it can reach.
/// Differs further: docs/detectors/fastflow.md. State: none beside the network; predict 2·h·w·C operations a layer.
std::unique_ptr<Detector> make_fastflow(const FastflowOptions& options);

}  // namespace vigie

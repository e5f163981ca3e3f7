#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

struct CutPasteOptions {
  bool pretrained = true;
  std::int64_t frozen_stages = 0;
  double head_start = 0.08;
  std::int64_t hidden_layers = 1;
  double jitter = 0.1;
  TrainingOptions training{
      .steps = 65536, .batch_size = 32, .learning_rate = 0.03, .weight_decay = 3e-5, .schedule = "cosine"};

  void describe(OptionList& list) {
    list.add("pretrained", pretrained, "start from the backbone's weights; false = from random ones (He)");
    list.add("frozen_stages", frozen_stages,
             "pretrained only: stages whose weights stay as they are; 1 = stem and layer1, 0 ... 4", 0, 4);
    list.add("head_start", head_start, "pretrained only: share of the steps in which only the head learns, 0 ... 1", 0,
             1);
    list.add("hidden_layers", hidden_layers, "layers of 512 units in the head before the one of 128, 0 ... 8", 0, 8);
    list.add("jitter", jitter, "how far brightness, contrast, saturation and hue of a training image move, 0 ... 0.5",
             0, 0.5);
    training.describe(list);
  }
};

/// Learns features by telling normal images from the same with a piece pasted elsewhere (CutPaste, scar), then fits
/// one Gaussian to the pooled features of normal images: this half, `gaussian` on the trained network's "embedding".
/// Paper: Li, Sohn, Yoon, Pfister, CVPR 2021, "CutPaste: Self-Supervised Learning for Anomaly Detection and
/// Localization", arXiv 2104.04015: three-way classification, Gaussian density estimate. Differs: Ledoit–Wolf
/// shrinkage; no random translation; scars turned any way. Image level only: no map. Memory and time as
/// make_gaussian's with the pooled stage's D.
std::unique_ptr<Detector> make_cutpaste(const CutPasteOptions& options);

/// What is trained before.
NetworkTraining cutpaste_training();

}  // namespace vigie

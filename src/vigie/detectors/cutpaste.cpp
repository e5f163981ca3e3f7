#include "vigie/detectors/cutpaste.h"

#include "vigie/detectors/gaussian.h"

namespace vigie {

std::unique_ptr<Detector> make_cutpaste(const CutPasteOptions&) {
  return make_gaussian({.layers = {"embedding"}});
}

NetworkTraining cutpaste_training() {
  NetworkTraining training;
  // Random weights need the backbone's structure all the same.
  training.backbone_layers = [](const nlohmann::json&) { return std::vector<std::string>{"pool"}; };
  training.presets = {
      {"paper", "the published schedule, 65536 steps: for a graphics card", {}},
      {"quick",
       "a short schedule that leaves the first stage as it is: minutes on two cores with --image-size 160",
       {{"steps", 240}, {"batch_size", 16}, {"frozen_stages", 1}, {"number_format", "bf16"}}}};
  return training;
}

}  // namespace vigie

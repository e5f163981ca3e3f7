#include "vigie/detectors/selfsup_metric.h"

#include "vigie/detectors/gaussian.h"

namespace vigie {

std::unique_ptr<Detector> make_selfsup_metric(const SelfSupMetricOptions& options) {
  VIGIE_CHECK(options.loss != "contrastive" || options.defects || options.others, "selfsup_metric",
              "the contrastive loss needs negatives: set defects or others");
  return make_gaussian({.layers = {"embedding"}});
}

NetworkTraining selfsup_metric_training() {
  NetworkTraining training;
  training.backbone_layers = [](const nlohmann::json& options) {
    return options.at("pretrained").get<bool>() ? std::vector<std::string>{"pool"} : std::vector<std::string>{};
  };
  training.presets = {{"paper", "400 passes over the training images, a schedule of ours", {}},
                      {"quick",
                       "a short schedule: minutes on two cores with --image-size 128",
                       {{"steps", 400}, {"batch_size", 24}, {"number_format", "bf16"}}}};
  return training;
}

}  // namespace vigie

#include "vigie/detectors/ganomaly.h"

#include <cmath>

#include "vigie/detectors/layout_detector.h"

namespace vigie {

namespace {

class Ganomaly : public LayoutDetector {
 public:
  explicit Ganomaly(const GanomalyOptions& options)
      : LayoutDetector("ganomaly", {"latent", "latent_again"}), squared_(options.distance == "l2") {}

  std::vector<RawResult> predict(const Features& features) const override {
    check_layout(features, layout(), name());
    const std::int64_t batch = features[0].dim(0), dims = features[0].count() / batch;
    const float* const latent = features[0].data<float>();
    const float* const again = features[1].data<float>();
    std::vector<RawResult> results(static_cast<std::size_t>(batch));
    for (std::int64_t b = 0; b < batch; ++b) {
      double sum = 0;
      for (std::int64_t i = b * dims; i < (b + 1) * dims; ++i) {
        const double difference = static_cast<double>(latent[i]) - again[i];
        sum += squared_ ? difference * difference : std::abs(difference);
      }
      results[static_cast<std::size_t>(b)].score = static_cast<float>(sum / static_cast<double>(dims));
    }
    return results;
  }

 private:
  std::string objection(const FeatureLayout& layout) const override {
    return layout[0] == layout[1] ? "" : "the two latents must have the same shape";
  }

  bool squared_;
};

}  // namespace

void GanomalyOptions::describe(OptionList& list) {
  list.add("latent", latent, "numbers that an image is squeezed into, 8 ... 1024", 8, 1024);
  list.add("width", width, "channels after the first convolution; they double at every halving, 4 ... 256", 4, 256);
  list.add("most_channels", most_channels, "where the doubling stops, 4 ... 8192", 4, 8192);
  list.add("adversarial_weight", adversarial_weight, "weight of the discriminator's features agreeing, 0 ... 1e6", 0,
           1e6);
  list.add("context_weight", context_weight, "weight of the pixels agreeing (mean absolute difference), 0 ... 1e6", 0,
           1e6);
  list.add("latent_weight", latent_weight, "weight of the two latents agreeing, 0 ... 1e6", 0, 1e6);
  list.add("distance", distance, "of the two latents in the score: l2 (mean square), l1 (mean absolute difference)",
           {"l2", "l1"});
  list.add("flips", flips, "train on images mirrored left-right and top-bottom too, for parts that may lie either way");
  training.describe(list);
}

std::unique_ptr<Detector> make_ganomaly(const GanomalyOptions& options) {
  return std::make_unique<Ganomaly>(options);
}

NetworkTraining ganomaly_training() {
  return {
      .unit_input = true,
      .backbone_layers = {},
      .presets = {
          {"paper", "a wide network, channels up to 512, and a long schedule of ours: for a graphics card",
           nlohmann::json::object()},
          {"quick", "a narrow network and a short schedule: minutes on two cores", {{"width", 16}, {"epochs", 40}}}}};
}

}  // namespace vigie

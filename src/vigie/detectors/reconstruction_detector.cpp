#include "vigie/detectors/reconstruction_detector.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/detectors/layout_detector.h"
#include "vigie/detectors/reconstruction.h"

namespace vigie {

namespace {

/// KL(N(mean, exp(log_variance)) || N(0, 1)), summed over the latent.
double distance_from_prior(std::span<const float> mean, std::span<const float> log_variance) {
  double sum = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double m = mean[i], v = log_variance[i];
    sum += 0.5 * (m * m + std::exp(v) - 1 - v);
  }
  return sum;
}

std::vector<std::string> layers_of(const ReconstructionScoring& scoring) {
  if (scoring.kl_weight == 0) return {"input", "reconstruction"};
  return {"input", "reconstruction", "mean", "log_variance"};
}

class ReconstructionDetector : public LayoutDetector {
 public:
  explicit ReconstructionDetector(const ReconstructionScoring& scoring)
      : LayoutDetector(scoring.name, layers_of(scoring)), scoring_(scoring) {}

  std::vector<RawResult> predict(const Features& features) const override {
    check_layout(features, layout(), name());
    const Shape image{layout()[0].height, layout()[0].width, layout()[0].channels};
    std::vector<RawResult> results;
    for (std::int64_t b = 0; b < features[0].dim(0); ++b) {
      const auto part = [&](std::size_t layer) { return features[layer].rows(b, b + 1); };
      Tensor map = reconstruction_error(part(0).reshaped(image), part(1).reshaped(image), scoring_.ssim_weight);
      double score = 0;
      for (const float x : std::as_const(map).values<float>()) score += x;
      score /= static_cast<double>(map.count());
      if (scoring_.kl_weight > 0) score += scoring_.kl_weight * latent_part(part(2), part(3));
      constexpr double most = std::numeric_limits<float>::max();
      results.push_back({static_cast<float>(std::min(score, most)), std::move(map)});
    }
    return results;
  }

 private:
  std::string objection(const FeatureLayout& layout) const override {
    if (layout[0] != layout[1]) return "the reconstruction must have the shape of the input";
    if (layout.size() > 2 && layout[2] != layout[3]) return "mean and log_variance must have the same shape";
    return {};
  }

  double latent_part(const Tensor& mean, const Tensor& log_variance) const {
    const auto values = static_cast<double>(layout()[0].height * layout()[0].width * layout()[0].channels);
    return distance_from_prior(mean.values<float>(), log_variance.values<float>()) / values;
  }

  ReconstructionScoring scoring_;
};

}  // namespace

std::unique_ptr<Detector> make_reconstruction_detector(const ReconstructionScoring& scoring) {
  return std::make_unique<ReconstructionDetector>(scoring);
}

}  // namespace vigie

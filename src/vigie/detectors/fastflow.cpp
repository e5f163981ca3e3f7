#include "vigie/detectors/fastflow.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/threads.h"
#include "vigie/detectors/layout_detector.h"
#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

std::vector<std::string> names_of_z(const std::vector<std::string>& layers) {
  std::vector<std::string> names;
  for (const std::string& layer : layers) names.push_back(layer.empty() ? layer : "z." + layer);
  return names;
}

/// Image b of z [B h w C] -> exp(-mean_c z² / 2) [h w].
Tensor likelihood_of(const Tensor& z, std::int64_t b) {
  const std::int64_t height = z.dim(1), width = z.dim(2), channels = z.dim(3);
  Tensor out({height, width});
  float* const likelihood = out.data<float>();
  const float* const image = z.data<float>() + b * height * width * channels;
  parallel_for(height, [&](std::int64_t y) {
    for (std::int64_t p = y * width; p < (y + 1) * width; ++p) {
      float squares = 0;
      for (std::int64_t c = 0; c < channels; ++c) squares += image[p * channels + c] * image[p * channels + c];
      likelihood[p] = std::exp(-0.5F * squares / static_cast<float>(channels));
    }
  });
  return out;
}

class Fastflow : public LayoutDetector {
 public:
  explicit Fastflow(const FastflowOptions& options) : LayoutDetector("fastflow", names_of_z(options.layers)) {}

  std::vector<RawResult> predict(const Features& features) const override {
    check_layout(features, layout(), name());
    std::vector<RawResult> results;
    for (std::int64_t b = 0; b < features[0].dim(0); ++b) {
      RawResult result{0, evidence_of(features, b)};
      result.score = std::ranges::max(result.map.values<float>());
      results.push_back(std::move(result));
    }
    return results;
  }

 private:
  /// -log of the mean likelihood of image b on the first grid: [h w].
  Tensor evidence_of(const Features& features, std::int64_t b) const {
    const std::int64_t height = layout()[0].height, width = layout()[0].width;
    const float share = 1 / static_cast<float>(features.size());
    Tensor map = Tensor::zeros({height, width});
    for (const Tensor& z : features) {
      const Tensor likelihood = resize_bilinear(likelihood_of(z, b), height, width);
      for (std::int64_t p = 0; p < likelihood.count(); ++p) map.data<float>()[p] += share * likelihood.data<float>()[p];
    }
    // Rounding may lift a mean above 1 or lose it below the smallest float.
    for (float& x : map.values<float>()) x = -std::log(std::clamp(x, std::numeric_limits<float>::min(), 1.0F));
    return map;
  }
};

}  // namespace

std::unique_ptr<Detector> make_fastflow(const FastflowOptions& options) {
  return std::make_unique<Fastflow>(options);
}

}  // namespace vigie

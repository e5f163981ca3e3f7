#include "vigie/detectors/simplenet.h"

#include <algorithm>
#include <functional>

#include "vigie/detectors/layout_detector.h"

namespace vigie {

namespace {

constexpr const char* kName = "simplenet";

class Simplenet : public LayoutDetector {
 public:
  explicit Simplenet(const SimplenetOptions& options) : LayoutDetector(kName, {"discriminator"}) {
    check_layer_names(options.layers, kName);
    VIGIE_CHECK(options.patch_size % 2 == 1, kName, "patch_size must be odd, got {}", options.patch_size);
  }

  std::vector<RawResult> predict(const Features& features) const override {
    check_layout(features, layout(), kName);
    std::vector<RawResult> results;
    for (std::int64_t b = 0; b < features[0].dim(0); ++b) {
      RawResult result{0, Tensor({layout()[0].height, layout()[0].width})};
      const Tensor outputs = features[0].rows(b, b + 1);
      std::ranges::transform(outputs.values<float>(), result.map.data<float>(), std::negate());
      result.score = std::ranges::max(result.map.values<float>());
      results.push_back(std::move(result));
    }
    return results;
  }

 protected:
  std::string objection(const FeatureLayout& given) const override {
    if (given[0].channels == 1) return {};
    return fmt::format("a discriminator gives one number per patch, not {}", given[0].channels);
  }
};

}  // namespace

std::unique_ptr<Detector> make_simplenet(const SimplenetOptions& options) {
  return std::make_unique<Simplenet>(options);
}

}  // namespace vigie

#include "vigie/detectors/riad.h"

#include <algorithm>

#include "vigie/core/threads.h"
#include "vigie/detectors/gradient_similarity.h"
#include "vigie/detectors/state_reader.h"
#include "vigie/networks/riad.h"

namespace vigie {

namespace {

constexpr const char* kName = "riad";
constexpr std::int64_t kScales = 4;
constexpr double kStabiliser = 0.0026;  // 170 / 255² of Xue et al. 2014, for images in 0 … 1
constexpr std::int64_t kLeastSide = std::int64_t{1} << (kScales - 1);

/// What the map needs beyond a sane layout: images of one size, large enough to be halved.
bool comparable(const FeatureLayout& layout) {
  const LayerShape& image = layout.front();
  return std::min(image.height, image.width) >= kLeastSide &&
         std::ranges::all_of(layout, [&](const LayerShape& layer) { return layer == image; });
}

class Riad : public Detector {
 public:
  explicit Riad(const RiadOptions& options) : options_(options) {
    VIGIE_CHECK(options.mean_filter % 2 == 1, kName, "mean_filter must be odd, got {}", options.mean_filter);
  }

  std::vector<std::string> layers() const override { return riad_outputs(); }

  void fit(const FeatureStream& normals, const FitContext& context) override {
    const NormalsNeeded needed{kName, layers().size(), 1};
    const FeatureLayout layout = read_normals(normals, context, needed, [](const Features&, std::int64_t) {});
    VIGIE_CHECK(comparable(layout), kName, "reconstructions must have the image's size, at least {} pixels a side",
                kLeastSide);
    layout_ = layout;
  }

  std::vector<RawResult> predict(const Features& features) const override;

  DetectorState state() const override {
    VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
    return {{{"layout", json_from_layout(layout_)}}, {}};
  }

  void set_state(const DetectorState& state) override {
    const StateReader reader(state, kName);
    const FeatureLayout layout = reader.layout(layers().size());
    reader.require(comparable(layout), "the layers differ in size or are too small");
    layout_ = layout;
  }

 private:
  RiadOptions options_;
  FeatureLayout layout_;
};

std::vector<RawResult> Riad::predict(const Features& features) const {
  check_layout(features, layout_, kName);
  const auto [height, width, channels] = layout_[0];
  const std::int64_t batch = features[0].dim(0), pixels = height * width * channels;
  const auto layers = static_cast<std::int64_t>(features.size());
  std::vector<GradientPyramid> pyramids(static_cast<std::size_t>(batch * layers));  // by image, then layer
  parallel_for(batch * layers, [&, height = height, width = width, channels = channels](std::int64_t i) {
    const float* image = features[static_cast<std::size_t>(i % layers)].data<float>() + i / layers * pixels;
    pyramids[static_cast<std::size_t>(i)] = gradient_pyramid(image, height, width, channels, kScales);
  });
  std::vector<RawResult> results(static_cast<std::size_t>(batch));
  parallel_for(batch, [&](std::int64_t b) {
    const std::span<const GradientPyramid> mine(pyramids.data() + b * layers, static_cast<std::size_t>(layers));
    Tensor map = gradient_similarity(mine[0], mine.subspan(1), kStabiliser);
    for (float& value : map.values<float>()) value = 1 - value;
    RawResult& result = results[static_cast<std::size_t>(b)];
    result.map = mean_filter(map, options_.mean_filter);
    result.score = std::ranges::max(std::as_const(result.map).values<float>());
  });
  return results;
}

}  // namespace

std::unique_ptr<Detector> make_riad(const RiadOptions& options) {
  return std::make_unique<Riad>(options);
}

}  // namespace vigie

#include "vigie/detectors/efficientad.h"

#include <algorithm>
#include <array>

#include "vigie/core/threads.h"
#include "vigie/detectors/quantile.h"
#include "vigie/detectors/state_reader.h"
#include "vigie/networks/efficientad.h"

namespace vigie {

namespace {

constexpr const char* kName = "efficientad";
constexpr std::size_t kMaps = 2;  // local (teacher and student), global (autoencoder and student)
constexpr float kHighBecomes = 0.1F;

/// Two tensors [B h w C] -> F32 [B h w]: the mean over C of the squared difference.
Tensor mean_square_difference(const Tensor& a, const Tensor& b) {
  const std::int64_t channels = a.dim(3), row = a.dim(2) * channels;
  Tensor map({a.dim(0), a.dim(1), a.dim(2)});
  parallel_for(
      a.dim(0) * a.dim(1),
      [&](std::int64_t y) {
        const float* left = a.data<float>() + y * row;
        const float* right = b.data<float>() + y * row;
        float* out = map.data<float>() + y * a.dim(2);
        for (std::int64_t x = 0; x < a.dim(2); ++x, left += channels, right += channels) {
          float sum = 0;
          for (std::int64_t c = 0; c < channels; ++c) sum += (left[c] - right[c]) * (left[c] - right[c]);
          out[x] = sum / static_cast<float>(channels);
        }
      },
      8);
  return map;
}

/// Local and global map [B h w] of the outputs, in the order of efficientad_outputs().
std::array<Tensor, kMaps> maps_of(const Features& features) {
  return {mean_square_difference(features[0], features[1]), mean_square_difference(features[2], features[3])};
}

class EfficientAd : public Detector {
 public:
  explicit EfficientAd(const EfficientAdOptions& options) : options_(options) {
    VIGIE_CHECK(options.quantile_low < options.quantile_high, kName, "quantile_low {} must lie below quantile_high {}",
                options.quantile_low, options.quantile_high);
  }

  std::vector<std::string> layers() const override { return efficientad_outputs(); }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  std::vector<RawResult> predict(const Features& features) const override;

  DetectorState state() const override {
    VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
    return {{{"layout", json_from_layout(layout_)}}, {{"quantiles", quantiles_}}};
  }

  void set_state(const DetectorState& state) override {
    const StateReader reader(state, kName);
    const FeatureLayout layout = reader.layout(layers().size());
    reader.require(one_shape(layout), "the layers differ in shape");
    const Tensor quantiles = reader.tensor("quantiles", DType::F32, {kMaps, 2});
    const float* q = quantiles.data<float>();
    reader.require(q[0] < q[1] && q[2] < q[3], "tensor 'quantiles' does not ascend");
    quantiles_ = quantiles;
    layout_ = layout;
  }

 private:
  static bool one_shape(const FeatureLayout& layout) {
    return std::ranges::all_of(layout, [&](const LayerShape& shape) { return shape == layout.front(); });
  }

  EfficientAdOptions options_;
  FeatureLayout layout_;
  Tensor quantiles_;  ///< F32 [2 2]: low and high of the local map, then of the global one
};

void EfficientAd::fit(const FeatureStream& normals, const FitContext& context) {
  std::array<std::vector<float>, kMaps> values;
  const NormalsNeeded needed{kName, layers().size(), 1};
  const FeatureLayout layout = read_normals(normals, context, needed, [&](const Features& features, std::int64_t) {
    VIGIE_CHECK(one_shape(layout_of(features, kName)), kName, "the layers differ in shape");
    const std::array<Tensor, kMaps> maps = maps_of(features);
    for (std::size_t i = 0; i < kMaps; ++i) {
      const auto some = maps[i].values<float>();
      values[i].insert(values[i].end(), some.begin(), some.end());
    }
  });
  Tensor quantiles({kMaps, 2});
  for (std::size_t i = 0; i < kMaps; ++i) {
    const float low = static_cast<float>(quantile_of(values[i], options_.quantile_low));
    const float high = static_cast<float>(quantile_of(values[i], options_.quantile_high));
    VIGIE_CHECK(low < high, kName, "the {} map of the normals is {} at both quantiles; was the network trained?",
                i == 0 ? "local" : "global", low);
    quantiles.data<float>()[2 * i] = low;
    quantiles.data<float>()[2 * i + 1] = high;
  }
  quantiles_ = quantiles;
  layout_ = layout;
}

std::vector<RawResult> EfficientAd::predict(const Features& features) const {
  check_layout(features, layout_, kName);
  const std::array<Tensor, kMaps> maps = maps_of(features);
  const float* q = quantiles_.data<float>();
  std::vector<RawResult> results;
  for (std::int64_t b = 0; b < features[0].dim(0); ++b) {
    Tensor map = Tensor::zeros({layout_[0].height, layout_[0].width});
    float* out = map.data<float>();
    for (std::size_t i = 0; i < kMaps; ++i) {
      const float low = q[2 * i], scale = kHighBecomes / (q[2 * i + 1] - low) / kMaps;
      const float* in = maps[i].data<float>() + b * map.count();
      for (std::int64_t p = 0; p < map.count(); ++p) out[p] += (in[p] - low) * scale;
    }
    const float score = std::ranges::max(std::as_const(map).values<float>());
    results.push_back({score, std::move(map)});
  }
  return results;
}

}  // namespace

std::unique_ptr<Detector> make_efficientad(const EfficientAdOptions& options) {
  return std::make_unique<EfficientAd>(options);
}

NetworkTraining efficientad_training() {
  const auto layers = [](const nlohmann::json& options) {
    return std::vector<std::string>{options_from_json<EfficientAdOptions>(options, kName).teacher_layer};
  };
  return {.unit_input = false,
          .backbone_layers = layers,
          .presets = {{"paper", "the published schedule, 70000 steps of one image: hours on a graphics card", {}},
                      // With so few steps the hardest 0.1 % alone teach nothing: the student errs more than if it
                      // said 0 everywhere.
                      {"quick",
                       "a quarter of the student's width, a short schedule, all differences: 4 minutes on two cores",
                       {{"student_width", 0.25},
                        {"hard_quantile", 0.0},
                        {"steps", 1000},
                        {"batch_size", 4},
                        {"learning_rate", 1e-3},
                        {"schedule", "cosine"},
                        {"number_format", "bf16"}}}}};
}

}  // namespace vigie

#include "vigie/detectors/gaussian.h"

#include <algorithm>

#include "vigie/core/threads.h"
#include "vigie/detectors/covariance.h"
#include "vigie/detectors/mahalanobis.h"
#include "vigie/detectors/state_reader.h"

namespace vigie {

namespace {

constexpr const char* kName = "gaussian";
constexpr double kLeastShrinkage = 1e-6;

/// One stage: mean [D] and whitening factor, packed [D·(D+1)/2].
struct Stage {
  Tensor mean;
  Tensor factor;
};

Stage fit_stage(const Tensor& vectors, const std::string& layer) {
  const std::int64_t dims = vectors.dim(1);
  ShrunkGaussian fit = ledoit_wolf({vectors.data<float>(), dims, vectors.dim(0), dims});
  double mu = 0;
  for (std::int64_t i = 0; i < dims; ++i) mu += fit.covariance[i * (dims + 1)] / static_cast<double>(dims);
  VIGIE_CHECK(mu > 0, kName, "the features of {} are the same in every normal image", layer);
  const double missing = std::max(0.0, kLeastShrinkage - fit.shrinkage);
  for (std::int64_t i = 0; i < dims; ++i) fit.covariance[i * (dims + 1)] += missing * mu;

  Stage stage{Tensor({dims}), Tensor({packed_size(dims)})};
  std::ranges::transform(fit.mean, stage.mean.data<float>(), [](double x) { return static_cast<float>(x); });
  pack_whitening(fit.covariance, dims, stage.factor.data<float>());
  return stage;
}

class Gaussian : public Detector {
 public:
  explicit Gaussian(const GaussianOptions& options) : options_(options) { check_layer_names(options.layers, kName); }

  std::vector<std::string> layers() const override { return options_.layers; }

  void fit(const FeatureStream& normals, const FitContext& context) override {
    const std::size_t count = options_.layers.size();
    std::vector<Tensor> vectors(count);
    const FeatureLayout layout =
        read_normals(normals, context, {kName, count, 2}, [&](const Features& features, std::int64_t first) {
          for (std::size_t i = 0; i < count; ++i) {
            const Tensor batch = global_average(features[i]);
            if (vectors[i].empty()) vectors[i] = Tensor({normals.image_count(), batch.dim(1)});
            std::ranges::copy(batch.values<float>(), vectors[i].data<float>() + first * batch.dim(1));
          }
        });
    Progress progress(context.run, "gaussian: covariances", static_cast<std::int64_t>(count));
    std::vector<Stage> stages;
    for (std::size_t i = 0; i < count; ++i) {
      stages.push_back(fit_stage(vectors[i], options_.layers[i]));
      progress.advance();
    }
    stages_ = std::move(stages);
    layout_ = layout;
  }

  FitCost fit_cost(const FitSize& size) const override {
    FitCost cost = Detector::fit_cost(size);
    const auto n = static_cast<double>(size.images);
    cost.fit_work = 0;
    for (const LayerShape& layer : size.layout) {
      const std::int64_t dims = layer.channels;
      const auto d = static_cast<double>(dims);
      cost.kept_bytes += 4 * packed_size(dims);
      cost.bytes = std::max(cost.bytes, 8 * (3 * dims * dims + 2 * size.images * dims));  // one stage after the other
      cost.fit_work += n * static_cast<double>(layer.height * layer.width) * d + 0.13 * n * d * d + 0.3 * d * d * d;
    }
    cost.bytes += cost.kept_bytes;
    return cost;
  }

  std::vector<RawResult> predict(const Features& features) const override {
    check_layout(features, layout_, kName);
    std::vector<RawResult> results(static_cast<std::size_t>(features[0].dim(0)));
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      const Stage& stage = stages_[i];
      const std::int64_t dims = stage.mean.dim(0);
      const Tensor vectors = global_average(features[i]);
      parallel_for(vectors.dim(0), [&](std::int64_t b) {
        std::vector<float> scratch(static_cast<std::size_t>(dims));
        results[b].score += mahalanobis(stage.factor.data<float>(), stage.mean.data<float>(),
                                        vectors.data<float>() + b * dims, dims, scratch.data());
      });
    }
    return results;
  }

  DetectorState state() const override {
    VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
    DetectorState state{{{"layout", json_from_layout(layout_)}}, {}};
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      state.tensors[fmt::format("mean.{}", i)] = stages_[i].mean;
      state.tensors[fmt::format("factor.{}", i)] = stages_[i].factor;
    }
    return state;
  }

  void set_state(const DetectorState& state) override {
    const StateReader reader(state, kName);
    const FeatureLayout layout = reader.layout(options_.layers.size());
    std::vector<Stage> stages;
    for (std::size_t i = 0; i < layout.size(); ++i) {
      const std::int64_t dims = layout[i].channels;
      stages.push_back({reader.tensor(fmt::format("mean.{}", i), DType::F32, {dims}),
                        reader.tensor(fmt::format("factor.{}", i), DType::F32, {packed_size(dims)})});
    }
    stages_ = std::move(stages);
    layout_ = layout;
  }

 private:
  GaussianOptions options_;
  FeatureLayout layout_;
  std::vector<Stage> stages_;
};

}  // namespace

std::unique_ptr<Detector> make_gaussian(const GaussianOptions& options) {
  return std::make_unique<Gaussian>(options);
}

}  // namespace vigie

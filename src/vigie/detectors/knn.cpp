#include "vigie/detectors/knn.h"

#include <algorithm>

#include "vigie/detectors/gallery.h"
#include "vigie/detectors/state_reader.h"

namespace vigie {

namespace {

constexpr const char* kName = "knn";

class Knn : public Detector {
 public:
  explicit Knn(const KnnOptions& options) : options_(options) { check_layer_names(layers(), kName); }

  std::vector<std::string> layers() const override { return {options_.layer}; }

  void fit(const FeatureStream& normals, const FitContext& context) override {
    Tensor vectors;
    layout_ = read_normals(normals, context, {kName, 1, 1}, [&](const Features& features, std::int64_t first) {
      const Tensor batch = global_average(features[0]);
      if (vectors.empty()) vectors = Tensor({normals.image_count(), batch.dim(1)});
      std::ranges::copy(batch.values<float>(), vectors.data<float>() + first * batch.dim(1));
    });
    gallery_ = Gallery(vectors, options_.neighbours, kName);
  }

  std::vector<RawResult> predict(const Features& features) const override {
    check_layout(features, layout_, kName);
    const Neighbours found = gallery_.nearest(global_average(features[0]));
    std::vector<RawResult> results;
    for (std::int64_t b = 0; b < features[0].dim(0); ++b) results.push_back({mean_distance(found, b), {}});
    return results;
  }

  DetectorState state() const override {
    VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
    return {{{"layout", json_from_layout(layout_)}}, {{"gallery", gallery_.vectors()}}};
  }

  void set_state(const DetectorState& state) override {
    const StateReader reader(state, kName);
    const FeatureLayout layout = reader.layout(1);
    gallery_ = Gallery(reader.tensor("gallery", DType::F32, {-1, layout[0].channels}), options_.neighbours, kName);
    layout_ = layout;
  }

 private:
  KnnOptions options_;
  FeatureLayout layout_;
  Gallery gallery_;
};

}  // namespace

std::unique_ptr<Detector> make_knn(const KnnOptions& options) {
  return std::make_unique<Knn>(options);
}

}  // namespace vigie

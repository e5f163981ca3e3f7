#include "vigie/detectors/spade.h"

#include <algorithm>

#include "vigie/detectors/feature_pyramid.h"
#include "vigie/detectors/gallery.h"
#include "vigie/detectors/state_reader.h"

namespace vigie {

namespace {

constexpr const char* kName = "spade";

/// For every position, its smallest distances so far, ascending.
class NearestSoFar {
 public:
  NearestSoFar(std::int64_t positions, std::int64_t keep)
      : keep_(static_cast<std::size_t>(keep)), best_(static_cast<std::size_t>(positions)) {}

  void merge(const Neighbours& found) {
    const std::int64_t k = found.distances.dim(1);
    std::vector<float> merged;
    for (std::size_t p = 0; p < best_.size(); ++p) {
      const float* row = found.distances.data<float>() + static_cast<std::int64_t>(p) * k;
      merged.clear();
      std::merge(best_[p].begin(), best_[p].end(), row, row + k, std::back_inserter(merged));
      merged.resize(std::min(merged.size(), keep_));
      best_[p] = merged;
    }
  }

  /// Mean of the kept distances of every position, as a map [h w].
  Tensor means(std::int64_t height, std::int64_t width) const {
    Tensor map({height, width});
    for (std::size_t p = 0; p < best_.size(); ++p) {
      double sum = 0;
      for (const float distance : best_[p]) sum += distance;
      map.data<float>()[p] = static_cast<float>(sum / static_cast<double>(best_[p].size()));
    }
    return map;
  }

 private:
  std::size_t keep_;
  std::vector<std::vector<float>> best_;
};

class Spade : public Detector {
 public:
  explicit Spade(const SpadeOptions& options) : options_(options) { check_layer_names(layers(), kName); }

  std::vector<std::string> layers() const override {
    std::vector<std::string> all = options_.layers;
    all.push_back(options_.pool_layer);
    return all;
  }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  FitCost fit_cost(const FitSize& size) const override;
  std::vector<RawResult> predict(const Features& features) const override;
  DetectorState state() const override;
  void set_state(const DetectorState& state) override;

 private:
  Tensor map_of(const Features& features, std::int64_t b, std::span<const std::int64_t> gallery) const;

  SpadeOptions options_;
  FeatureLayout layout_;  ///< of the pyramid's layers, then the pool layer
  Features pyramids_;     ///< one F32 [N h w C] per pyramid layer
  Gallery gallery_;
};

void Spade::fit(const FeatureStream& normals, const FitContext& context) {
  const std::size_t count = options_.layers.size();
  Features pyramids(count);
  Tensor vectors;
  layout_.clear();
  const auto keep = [&](Tensor& all, const Tensor& batch, std::int64_t first) {
    Shape shape = batch.shape();
    shape[0] = normals.image_count();
    if (all.empty()) all = Tensor(shape);
    Tensor rows = all.rows(first, first + batch.dim(0));
    std::ranges::copy(batch.values<float>(), rows.data<float>());
  };
  const FeatureLayout layout =
      read_normals(normals, context, {kName, count + 1, 1}, [&](const Features& features, std::int64_t first) {
        for (std::size_t i = 0; i < count; ++i) keep(pyramids[i], features[i], first);
        keep(vectors, global_average(features[count]), first);
      });
  gallery_ = Gallery(vectors, options_.neighbours, kName);
  pyramids_ = std::move(pyramids);
  layout_ = layout;
}

FitCost Spade::fit_cost(const FitSize& size) const {
  std::int64_t floats = 0;
  for (std::size_t i = 0; i + 1 < size.layout.size(); ++i)
    floats += size.layout[i].height * size.layout[i].width * size.layout[i].channels;
  const auto positions = static_cast<double>(size.layout[0].height * size.layout[0].width);
  const std::int64_t compared = std::min(options_.neighbours, size.images);
  FitCost cost = Detector::fit_cost(size);
  cost.bytes = cost.kept_bytes = 4 * size.images * floats;
  cost.predict_work = static_cast<double>(compared) * positions * positions;
  return cost;
}

Tensor Spade::map_of(const Features& features, std::int64_t b, std::span<const std::int64_t> gallery) const {
  const std::int64_t height = layout_[0].height, width = layout_[0].width, positions = height * width;
  const Features own(features.begin(), features.end() - 1);
  Tensor queries({positions, total_channels(FeatureLayout(layout_.begin(), layout_.end() - 1))});
  concatenate_layers(own, b, queries.data<float>());
  NearestSoFar nearest(positions, options_.pixel_neighbours);
  for (const std::int64_t image : gallery) {
    Tensor bank(queries.shape());
    concatenate_layers(pyramids_, image, bank.data<float>());
    const NearestNeighbours index(bank, {.project = false});  // searched only once
    nearest.merge(index.search(queries, std::min(options_.pixel_neighbours, positions)));
  }
  return nearest.means(height, width);
}

std::vector<RawResult> Spade::predict(const Features& features) const {
  check_layout(features, layout_, kName);
  const Neighbours found = gallery_.nearest(global_average(features.back()));
  std::vector<RawResult> results;
  for (std::int64_t b = 0; b < features[0].dim(0); ++b) {
    const Tensor images = found.indices.rows(b, b + 1);
    results.push_back({mean_distance(found, b), map_of(features, b, images.values<std::int64_t>())});
  }
  return results;
}

DetectorState Spade::state() const {
  VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
  DetectorState state{{{"layout", json_from_layout(layout_)}}, {{"gallery", gallery_.vectors()}}};
  for (std::size_t i = 0; i < pyramids_.size(); ++i) state.tensors[fmt::format("pyramid.{}", i)] = pyramids_[i];
  return state;
}

void Spade::set_state(const DetectorState& state) {
  const StateReader reader(state, kName);
  const FeatureLayout layout = reader.layout(options_.layers.size() + 1);
  const Tensor vectors = reader.tensor("gallery", DType::F32, {-1, layout.back().channels});
  Features pyramids;
  for (std::size_t i = 0; i + 1 < layout.size(); ++i) {
    const Shape shape{vectors.dim(0), layout[i].height, layout[i].width, layout[i].channels};
    pyramids.push_back(reader.tensor(fmt::format("pyramid.{}", i), DType::F32, shape));
  }
  gallery_ = Gallery(vectors, options_.neighbours, kName);
  pyramids_ = std::move(pyramids);
  layout_ = layout;
}

}  // namespace

std::unique_ptr<Detector> make_spade(const SpadeOptions& options) {
  return std::make_unique<Spade>(options);
}

}  // namespace vigie

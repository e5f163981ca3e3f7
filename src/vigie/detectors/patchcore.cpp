#include "vigie/detectors/patchcore.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/detectors/state_reader.h"
#include "vigie/search/coreset.h"
#include "vigie/search/nearest.h"

namespace vigie {

namespace {

constexpr const char* kName = "patchcore";

PatchEmbedding embedding_of(const PatchcoreOptions& options) {
  return {options.patch_size, options.pooling == "authors", options.preprocess_dim, options.target_dim};
}

Tensor take_rows(const Tensor& rows, const std::vector<std::int64_t>& indices) {
  const std::int64_t dims = rows.dim(1);
  Tensor out({static_cast<std::int64_t>(indices.size()), dims});
  for (std::size_t i = 0; i < indices.size(); ++i)
    std::copy_n(rows.data<float>() + indices[i] * dims, dims, out.data<float>() + static_cast<std::int64_t>(i) * dims);
  return out;
}

class Patchcore : public Detector {
 public:
  explicit Patchcore(const PatchcoreOptions& options) : options_(options), embedding_(embedding_of(options)) {
    check_layer_names(options.layers, kName);
    VIGIE_CHECK(options.patch_size % 2 == 1, kName, "patch_size must be odd, got {}", options.patch_size);
  }

  std::vector<std::string> layers() const override { return options_.layers; }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  std::vector<RawResult> predict(const Features& features) const override;
  DetectorState state() const override;
  void set_state(const DetectorState& state) override;

 private:
  Tensor choose_bank(const Tensor& patches, const FitContext& context) const;
  float weight_of(float distance, const float* patch, std::int64_t nearest) const;

  PatchcoreOptions options_;
  PatchEmbedding embedding_;
  FeatureLayout layout_;
  std::optional<NearestNeighbours> bank_;
};

void Patchcore::fit(const FeatureStream& normals, const FitContext& context) {
  Tensor patches;  // [N·P D]
  const NormalsNeeded needed{kName, options_.layers.size(), 1};
  const FeatureLayout layout =
      read_normals(normals, context, needed, [&](const Features& features, std::int64_t first) {
        const Tensor batch = embedding_.embed(features);
        const std::int64_t per_image = batch.dim(1) * batch.dim(2), dims = batch.dim(3);
        if (patches.empty()) patches = Tensor({normals.image_count() * per_image, dims});
        std::ranges::copy(batch.values<float>(), patches.data<float>() + first * per_image * dims);
      });
  bank_.emplace(choose_bank(patches, context));
  layout_ = layout;
}

Tensor Patchcore::choose_bank(const Tensor& patches, const FitContext& context) const {
  const std::int64_t total = patches.dim(0);
  const auto wanted = static_cast<std::int64_t>(static_cast<double>(total) * options_.coreset_ratio);
  const std::int64_t count = std::max<std::int64_t>(wanted, 1);
  if (count == total) return patches;
  const auto start = static_cast<std::int64_t>(
      Random(derive_seed(context.seed, "patchcore.start")).below(static_cast<std::uint64_t>(total)));
  const bool project = options_.projection_dim > 0 && options_.projection_dim < patches.dim(1);
  const std::uint64_t seed = derive_seed(context.seed, "patchcore.projection");
  const Tensor rows = project ? random_projection(patches, options_.projection_dim, seed) : patches;
  return take_rows(patches, greedy_k_centre(rows, count, start, context.run));
}

/// 1 − exp(s) / Σ exp(dᵢ) over the bank rows i around the nearest one, itself among them; s = distance to it, dᵢ to row
/// i.
float Patchcore::weight_of(float distance, const float* patch, std::int64_t nearest) const {
  const Tensor& bank = bank_->bank();
  const std::int64_t dims = bank.dim(1), k = std::min(options_.reweight_neighbours, bank.dim(0));
  const Neighbours around = bank_->search(bank.rows(nearest, nearest + 1), k);
  double sum = 0;
  for (const std::int64_t i : std::as_const(around.indices).values<std::int64_t>()) {
    double squared = 0;
    for (std::int64_t d = 0; d < dims; ++d) squared += std::pow(patch[d] - bank.data<float>()[i * dims + d], 2.0);
    sum += std::exp(std::sqrt(squared) - distance);  // the shift by s cannot overflow the interesting terms
  }
  return static_cast<float>(std::max(0.0, 1 - 1 / sum));
}

std::vector<RawResult> Patchcore::predict(const Features& features) const {
  check_layout(features, layout_, kName);
  const Tensor embedded = embedding_.embed(features);
  const std::int64_t batch = embedded.dim(0), height = embedded.dim(1), width = embedded.dim(2), dims = embedded.dim(3);
  const std::int64_t positions = height * width;
  const std::int64_t k = std::min(options_.neighbours, bank_->bank().dim(0));
  const Neighbours found = bank_->search(embedded.reshaped({batch * positions, dims}), k);
  std::vector<RawResult> results;
  for (std::int64_t b = 0; b < batch; ++b) {
    RawResult result{0, Tensor({height, width})};
    float* map = result.map.data<float>();
    for (std::int64_t p = 0; p < positions; ++p) {
      const float* row = found.distances.data<float>() + (b * positions + p) * k;
      map[p] = std::accumulate(row, row + k, 0.0F) / static_cast<float>(k);
    }
    const std::int64_t worst = std::max_element(map, map + positions) - map, query = b * positions + worst;
    result.score = map[worst];
    if (options_.reweight)
      result.score *= weight_of(found.distances.data<float>()[query * k], embedded.data<float>() + query * dims,
                                found.indices.data<std::int64_t>()[query * k]);
    results.push_back(std::move(result));
  }
  return results;
}

DetectorState Patchcore::state() const {
  VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
  return {{{"layout", json_from_layout(layout_)}}, {{"bank", bank_->bank()}}};
}

void Patchcore::set_state(const DetectorState& state) {
  const StateReader reader(state, kName);
  const FeatureLayout layout = reader.layout(options_.layers.size());
  bank_.emplace(reader.tensor("bank", DType::F32, {-1, embedding_.dims(layout)}));
  layout_ = layout;
}

}  // namespace

std::unique_ptr<Detector> make_patchcore(const PatchcoreOptions& options) {
  return std::make_unique<Patchcore>(options);
}

}  // namespace vigie

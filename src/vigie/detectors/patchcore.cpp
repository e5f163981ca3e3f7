#include "vigie/detectors/patchcore.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "vigie/core/memory.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/detectors/memory_bank.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/detectors/state_reader.h"
#include "vigie/search/coreset.h"

namespace vigie {

namespace {

constexpr const char* kName = "patchcore";

PatchEmbedding embedding_of(const PatchcoreOptions& options) {
  return {options.patch_size, options.pooling == "authors", options.preprocess_dim, options.target_dim};
}

Tensor take_rows(const Tensor& rows, const std::vector<std::int64_t>& indices) {
  if (static_cast<std::int64_t>(indices.size()) == rows.dim(0)) return rows;  // all of them, in their order
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
    if (options.search != "exact" && !ApproximateNeighbours::available())
      fail(ErrorKind::Unsupported, kName, "search = {} needs FAISS, and this vigie was built without it; use exact",
           options.search);
  }

  std::vector<std::string> layers() const override { return options_.layers; }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  FitCost fit_cost(const FitSize& size) const override;
  std::vector<RawResult> predict(const Features& features) const override;
  DetectorState state() const override;
  void set_state(const DetectorState& state) override;

 private:
  std::int64_t bank_rows(std::int64_t patches, std::int64_t dims) const;
  bool projects(std::int64_t dims) const { return options_.projection_dim > 0 && options_.projection_dim < dims; }
  using VisitPatches =
      std::function<void(const Tensor& patches, const Features& features, std::int64_t first, std::int64_t total)>;
  void for_each_patch(const FeatureStream& normals, const FitContext& context, const VisitPatches& visit);
  Tensor read_candidates(const FeatureStream& normals, const FitContext& context, bool only_projected);
  Tensor read_rows(const FeatureStream& normals, const std::vector<std::int64_t>& picks, const FitContext& context);
  Tensor projection_of(const Tensor& patches, const FitContext& context) const;
  std::vector<std::int64_t> choose(const Tensor& candidates, const FitContext& context) const;
  float weight_of(float distance, const float* patch, std::int64_t nearest) const;

  PatchcoreOptions options_;
  PatchEmbedding embedding_;
  FeatureLayout layout_;
  MemoryBank bank_;
};

void Patchcore::fit(const FeatureStream& normals, const FitContext& context) {
  const bool one_stream = context.exact == nullptr;
  const Tensor candidates = read_candidates(one_stream ? normals : *context.exact, context, !one_stream);
  const std::vector<std::int64_t> picks = choose(candidates, context);
  const Tensor rows = one_stream ? take_rows(candidates, picks) : read_rows(normals, picks, context);
  bank_ = MemoryBank(rows, options_.search, kName);
}

void Patchcore::for_each_patch(const FeatureStream& normals, const FitContext& context, const VisitPatches& visit) {
  const NormalsNeeded needed{kName, options_.layers.size(), 1};
  layout_ = read_normals(normals, context, needed, [&](const Features& features, std::int64_t first) {
    const Tensor batch = embedding_.embed(features);
    const std::int64_t per_image = batch.dim(1) * batch.dim(2);
    visit(batch.reshaped({batch.dim(0) * per_image, batch.dim(3)}), features, first * per_image,
          normals.image_count() * per_image);
  });
}

/// The patches of all images [N·P D], or their projections [N·P d] alone.
Tensor Patchcore::read_candidates(const FeatureStream& normals, const FitContext& context, bool only_projected) {
  Tensor candidates;
  const auto visit = [&](const Tensor& patches, const Features& features, std::int64_t first, std::int64_t total) {
    const Tensor kept = only_projected ? projection_of(patches, context) : patches;
    if (candidates.empty()) {
      require_memory(kName, fit_cost({layout_of(features, kName), normals.image_count(), only_projected}));
      candidates = Tensor({total, kept.dim(1)});
    }
    std::ranges::copy(kept.values<float>(), candidates.data<float>() + first * kept.dim(1));
  };
  for_each_patch(normals, context, visit);
  return candidates;
}

/// The patches that were picked, in the order of picking.
Tensor Patchcore::read_rows(const FeatureStream& normals, const std::vector<std::int64_t>& picks,
                            const FitContext& context) {
  std::vector<std::pair<std::int64_t, std::int64_t>> places;  // patch, row of the bank
  for (std::size_t i = 0; i < picks.size(); ++i) places.emplace_back(picks[i], static_cast<std::int64_t>(i));
  std::ranges::sort(places);
  Tensor rows;
  auto next = places.begin();
  for_each_patch(normals, context, [&](const Tensor& patches, const Features&, std::int64_t first, std::int64_t) {
    const std::int64_t dims = patches.dim(1);
    if (rows.empty()) rows = Tensor({static_cast<std::int64_t>(picks.size()), dims});
    for (; next != places.end() && next->first < first + patches.dim(0); ++next)
      std::copy_n(patches.data<float>() + (next->first - first) * dims, dims, rows.data<float>() + next->second * dims);
  });
  return rows;
}

Tensor Patchcore::projection_of(const Tensor& patches, const FitContext& context) const {
  if (!projects(patches.dim(1))) return patches;
  return random_projection(patches, options_.projection_dim, derive_seed(context.seed, "patchcore.projection"));
}

/// M: the wanted share of the patches, no more than bank_bytes allow, at least one.
std::int64_t Patchcore::bank_rows(std::int64_t patches, std::int64_t dims) const {
  auto rows = static_cast<std::int64_t>(static_cast<double>(patches) * options_.coreset_ratio);
  if (options_.bank_bytes > 0) rows = std::min(rows, options_.bank_bytes / (4 * dims));
  return std::max<std::int64_t>(rows, 1);
}

// Work in nanoseconds of docs/performance.md: reading and projecting a patch, the coreset, the index of the bank; a
// query grows with the rows. The more rows, the larger the share of pairs that the coreset's bounds spare.
FitCost Patchcore::fit_cost(const FitSize& size) const {
  const std::int64_t dims = embedding_.dims(size.layout), positions = size.layout[0].height * size.layout[0].width;
  const std::int64_t patches = size.images * positions, rows = bank_rows(patches, dims);
  const std::int64_t projected = projects(dims) ? options_.projection_dim : dims;
  const std::int64_t candidates = 4 * patches * (size.exact ? projected : dims);
  const std::int64_t coreset = rows == patches ? 0 : 8 * patches * projected;
  const std::int64_t bank = (6 * dims + 528) * rows;  // with the index
  const auto n = static_cast<double>(patches), m = static_cast<double>(rows), d = static_cast<double>(dims);
  const double picking = rows == patches ? 0 : 0.12 * n * m / std::cbrt(n) * static_cast<double>(projected);
  return {
      .bytes = candidates + coreset + bank,
      .kept_bytes = bank,
      .fit_work = 2.8 * n * d + picking + 6 * m * d + 36e3 * d,
      .predict_work = static_cast<double>(positions) * (1200 + 2.6 * d + 0.45 * m),
      .what = fmt::format("learning {} patches of {} dimensions", patches, dims),
      .remedy =
          "use fewer images, a smaller image size or fewer layers (or a lower coreset_ratio or bank_bytes, of which "
          "the bank takes " +
          text_from_bytes(bank) + ")"};
}

/// The coreset among candidates [N·P D] or, projected already, [N·P d].
std::vector<std::int64_t> Patchcore::choose(const Tensor& candidates, const FitContext& context) const {
  const std::int64_t total = candidates.dim(0), dims = embedding_.dims(layout_);
  const std::int64_t count = bank_rows(total, dims);
  if (count == total) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(total));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  const auto start = static_cast<std::int64_t>(
      Random(derive_seed(context.seed, "patchcore.start")).below(static_cast<std::uint64_t>(total)));
  return greedy_k_centre(candidates.dim(1) == dims ? projection_of(candidates, context) : candidates, count, start,
                         context.run);
}

/// 1 − exp(s) / Σ exp(dᵢ) over the bank rows i around the nearest one, itself among them; s = distance to it, dᵢ to row
/// i.
float Patchcore::weight_of(float distance, const float* patch, std::int64_t nearest) const {
  const Tensor& bank = bank_.rows();
  const std::int64_t dims = bank.dim(1), k = std::min(options_.reweight_neighbours, bank.dim(0));
  const Neighbours around = bank_.search(bank.rows(nearest, nearest + 1), k);
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
  const std::int64_t k = std::min(options_.neighbours, bank_.rows().dim(0));
  const Neighbours found = bank_.search(embedded.reshaped({batch * positions, dims}), k);
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
  DetectorState state{{{"layout", json_from_layout(layout_)}}, {{"bank", bank_.rows()}}};
  if (const auto recall = bank_.recall()) state.facts["search_recall"] = *recall;
  return state;
}

void Patchcore::set_state(const DetectorState& state) {
  const StateReader reader(state, kName);
  const FeatureLayout layout = reader.layout(options_.layers.size());
  const Tensor rows = reader.tensor("bank", DType::F32, {-1, embedding_.dims(layout)});
  check_memory(kName, fmt::format("the index of a bank of {}", text_from_bytes(4 * rows.count())),
               (options_.search == "exact" || options_.search == "pq" ? 2 : 5) * rows.count() + 528 * rows.dim(0),
               "use a machine with more memory, or fit again with a lower bank_bytes");
  bank_ = MemoryBank(rows, options_.search, kName);
  layout_ = layout;
}

}  // namespace

std::unique_ptr<Detector> make_patchcore(const PatchcoreOptions& options) {
  return std::make_unique<Patchcore>(options);
}

}  // namespace vigie

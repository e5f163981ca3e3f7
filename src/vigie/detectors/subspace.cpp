#include "vigie/detectors/subspace.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/threads.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/detectors/principal_components.h"
#include "vigie/detectors/state_reader.h"
#include "vigie/search/matrix_product.h"

namespace vigie {

namespace {

constexpr const char* kName = "subspace";

class Subspace : public Detector {
 public:
  explicit Subspace(const SubspaceOptions& options) : options_(options), embedding_{options.patch_size} {
    check_layer_names(options.layers, kName);
    VIGIE_CHECK(options.patch_size % 2 == 1, kName, "patch_size must be odd, got {}", options.patch_size);
  }

  std::vector<std::string> layers() const override { return options_.layers; }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  FitCost fit_cost(const FitSize& size) const override;
  std::vector<RawResult> predict(const Features& features) const override;

  DetectorState state() const override {
    VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
    return {{{"layout", json_from_layout(layout_)}}, {{"basis", basis_}, {"mean", mean_}}};
  }

  void set_state(const DetectorState& state) override {
    const StateReader reader(state, kName);
    const FeatureLayout layout = reader.layout(options_.layers.size());
    const std::int64_t dims = embedding_.dims(layout);
    const Tensor mean = reader.tensor("mean", DType::F32, {dims});
    basis_ = reader.tensor("basis", DType::F32, {-1, dims});
    mean_ = mean;
    layout_ = layout;
  }

 private:
  Tensor residuals(const Tensor& rows) const;

  SubspaceOptions options_;
  PatchEmbedding embedding_;
  FeatureLayout layout_;
  Tensor mean_;   ///< F32 [D]
  Tensor basis_;  ///< F32 [k D]
};

void Subspace::fit(const FeatureStream& normals, const FitContext& context) {
  MomentSums sums;
  const NormalsNeeded needed{kName, options_.layers.size(), 1};
  const FeatureLayout layout = read_normals(normals, context, needed, [&](const Features& features, std::int64_t) {
    const Tensor patches = embedding_.embed(features);
    sums.add(patches.reshaped({-1, patches.dim(3)}));
  });
  const MomentSums::Components components = sums.principal_components(options_.variance, options_.max_components);
  context.run.check_cancelled(kName);
  mean_ = components.mean;
  basis_ = components.basis;
  layout_ = layout;
}

FitCost Subspace::fit_cost(const FitSize& size) const {
  FitCost cost = Detector::fit_cost(size);
  const std::int64_t dims = embedding_.dims(size.layout);
  const auto d = static_cast<double>(dims);
  const auto patches = static_cast<double>(size.images * size.layout[0].height * size.layout[0].width);
  cost.kept_bytes = 4 * dims * dims;
  cost.bytes = 5 * 8 * dims * dims;  // sums, covariance and its eigenvectors
  cost.fit_work = 2.8 * patches * d + 0.01 * patches * d * d + 2.3 * d * d * d;
  return cost;
}

/// rows [n D] -> [n]: | x − U·Uᵀ·x | with x = row − mean. The residual is formed before its norm: |x|² − |Uᵀx|² would
/// cancel.
Tensor Subspace::residuals(const Tensor& rows) const {
  const std::int64_t count = rows.dim(0), dims = rows.dim(1), kept = basis_.dim(0);
  Tensor centred = rows.clone();
  parallel_for(
      count,
      [&](std::int64_t i) {
        float* x = centred.data<float>() + i * dims;
        for (std::int64_t d = 0; d < dims; ++d) x[d] -= mean_.data<float>()[d];
      },
      64);
  Tensor coordinates({count, kept});
  multiply_transposed(count, kept, dims, 1, centred.data<float>(), basis_.data<float>(), 0, coordinates.data<float>());
  multiply(count, dims, kept, -1, coordinates.data<float>(), basis_.data<float>(), 1, centred.data<float>());
  Tensor norms({count});
  parallel_for(
      count,
      [&](std::int64_t i) {
        double sum = 0;
        for (const float x :
             centred.values<float>().subspan(static_cast<std::size_t>(i * dims), static_cast<std::size_t>(dims)))
          sum += static_cast<double>(x) * x;
        norms.data<float>()[i] = static_cast<float>(std::sqrt(sum));
      },
      64);
  return norms;
}

std::vector<RawResult> Subspace::predict(const Features& features) const {
  check_layout(features, layout_, kName);
  const Tensor patches = embedding_.embed(features);
  const Tensor all =
      residuals(patches.reshaped({-1, patches.dim(3)})).reshaped({patches.dim(0), patches.dim(1), patches.dim(2)});
  std::vector<RawResult> results;
  for (std::int64_t b = 0; b < patches.dim(0); ++b) {
    const Tensor map = all.rows(b, b + 1).reshaped({patches.dim(1), patches.dim(2)}).clone();
    results.push_back({std::ranges::max(map.values<float>()), map});
  }
  return results;
}

}  // namespace

std::unique_ptr<Detector> make_subspace(const SubspaceOptions& options) {
  return std::make_unique<Subspace>(options);
}

}  // namespace vigie

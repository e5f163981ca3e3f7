#include "vigie/pipeline/latent_space.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "vigie/detectors/gaussian.h"
#include "vigie/detectors/knn.h"
#include "vigie/detectors/principal_axes.h"
#include "vigie/metrics/intrinsic_dimension.h"
#include "vigie/metrics/scores.h"

namespace vigie {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kLayer = "vectors";
constexpr std::int64_t kKnnNeighbours = 5, kNeighbours = 10;
constexpr std::int64_t kMostPaired = 512;  // normals whose pairs are measured

Tensor as_layer(const Tensor& vectors) {
  return vectors.reshaped({vectors.dim(0), 1, 1, vectors.dim(1)});
}

/// Vectors in memory as the normals of a detector.
class VectorStream : public FeatureStream {
 public:
  explicit VectorStream(const Tensor& vectors) : features_{as_layer(vectors)} {}
  std::int64_t image_count() const override { return features_.front().dim(0); }
  ClassLabel label(std::int64_t) const override { return kGood; }
  void for_each(const std::function<void(const Features&, std::int64_t)>& visit) const override { visit(features_, 0); }

 private:
  Features features_;
};

double auroc_of(const std::vector<float>& scores, const std::vector<bool>& defective) {
  std::vector<float> good, bad;
  for (std::size_t i = 0; i < scores.size(); ++i) (defective[i] ? bad : good).push_back(scores[i]);
  return SortedScores(std::move(good), std::move(bad)).auroc();
}

double auroc_of(const Detector& detector, const Tensor& test, const std::vector<bool>& defective) {
  std::vector<float> scores;
  for (const RawResult& result : detector.predict({as_layer(test)})) scores.push_back(result.score);
  return auroc_of(scores, defective);
}

Samples samples_of(const Tensor& rows) {
  return {rows.data<float>(), rows.dim(1), rows.dim(0), rows.dim(1)};
}

/// 1, 2, 4 … and the last.
std::vector<std::int64_t> doubling_to(std::int64_t last) {
  std::vector<std::int64_t> counts;
  for (std::int64_t k = 1; k < last; k *= 2) counts.push_back(k);
  counts.push_back(last);
  return counts;
}

/// Squared, whitened coordinates of the test vectors [M r]. The shrunk covariance has the axes of the plain one, so its
/// variances are the plain ones drawn towards their mean, and all components together give the Gaussian score.
std::vector<double> whitened_squares(const Tensor& along, const PrincipalAxes& axes, double shrinkage) {
  const double mean =
      std::accumulate(axes.variances.begin(), axes.variances.end(), 0.0) / static_cast<double>(axes.mean.size());
  const std::int64_t count = axes.count();
  std::vector<double> squares(static_cast<std::size_t>(along.count()));
  for (std::int64_t i = 0; i < along.count(); ++i) {
    const double variance = (1 - shrinkage) * axes.variances[i % count] + shrinkage * mean;
    squares[i] = static_cast<double>(along.data<float>()[i]) * along.data<float>()[i] / variance;
  }
  return squares;
}

std::vector<RetainedComponents> retained_curve(const std::vector<double>& squares, std::int64_t count,
                                               const std::vector<bool>& defective) {
  std::vector<RetainedComponents> curve;
  std::vector<float> largest(defective.size()), smallest(defective.size());
  for (const std::int64_t kept : doubling_to(count)) {
    for (std::size_t i = 0; i < defective.size(); ++i) {
      const double* row = squares.data() + static_cast<std::int64_t>(i) * count;
      largest[i] = static_cast<float>(std::accumulate(row, row + kept, 0.0));
      smallest[i] = static_cast<float>(std::accumulate(row + count - kept, row + count, 0.0));
    }
    curve.push_back({kept, auroc_of(largest, defective), auroc_of(smallest, defective)});
  }
  return curve;
}

/// AUROC of the distance from the subspace that the axes span; NaN where they span everything.
double outside_auroc(const PrincipalAxes& axes, const Tensor& along, const Tensor& test,
                     const std::vector<bool>& defective) {
  const std::int64_t dims = test.dim(1), count = axes.count();
  if (count == dims) return kUndefined;
  std::vector<float> scores(defective.size());
  for (std::int64_t i = 0; i < test.dim(0); ++i) {
    double squares = 0;
    for (std::int64_t d = 0; d < dims; ++d) squares += std::pow(test.data<float>()[i * dims + d] - axes.mean[d], 2);
    for (std::int64_t a = 0; a < count; ++a) squares -= std::pow(along.data<float>()[i * count + a], 2);
    scores[i] = static_cast<float>(std::max(squares, 0.0));
  }
  return auroc_of(scores, defective);
}

void measure_components(const LatentVectors& vectors, LatentSpace& out) {
  const PrincipalAxes axes = principal_axes(samples_of(vectors.normals));
  const double total = std::accumulate(axes.variances.begin(), axes.variances.end(), 0.0);
  for (const double variance : axes.variances) out.variance_shares.push_back(variance / total);
  const Tensor along = along_axes(axes, vectors.test);
  const double shrinkage = ledoit_wolf(samples_of(vectors.normals)).shrinkage;
  out.retained = retained_curve(whitened_squares(along, axes, shrinkage), axes.count(), vectors.defective);
  out.outside_auroc = outside_auroc(axes, along, vectors.test, vectors.defective);
}

double mean_move(const Tensor& from, const Tensor& to, const std::vector<bool>& defective) {
  const std::int64_t dims = from.dim(1);
  double sum = 0;
  std::int64_t counted = 0;
  for (std::int64_t i = 0; i < from.dim(0); ++i) {
    if (defective[static_cast<std::size_t>(i)]) continue;
    double squares = 0;
    for (std::int64_t d = i * dims; d < (i + 1) * dims; ++d)
      squares += std::pow(static_cast<double>(from.data<float>()[d]) - to.data<float>()[d], 2);
    sum += std::sqrt(squares);
    ++counted;
  }
  return counted > 0 ? sum / static_cast<double>(counted) : kUndefined;
}

Tensor spread_rows(const Tensor& rows, std::int64_t most) {
  if (rows.dim(0) <= most) return rows;
  Tensor out({most, rows.dim(1)});
  for (std::int64_t i = 0; i < most; ++i)
    std::ranges::copy(rows.rows(i * rows.dim(0) / most, i * rows.dim(0) / most + 1).values<float>(),
                      out.data<float>() + i * rows.dim(1));
  return out;
}

bool all_the_same(const Tensor& rows) {
  const auto first = rows.rows(0, 1).values<float>();
  for (std::int64_t i = 1; i < rows.dim(0); ++i)
    if (!std::ranges::equal(rows.rows(i, i + 1).values<float>(), first)) return false;
  return true;
}

}  // namespace

LatentSpace measure_space(const LatentVectors& vectors, const RunContext& context) {
  const Tensor& normals = vectors.normals;
  VIGIE_CHECK(normals.rank() == 2 && normals.dim(0) >= kLeastNormals, "latent",
              "at least {} normals are needed, got {}", kLeastNormals, normals.empty() ? 0 : normals.dim(0));
  VIGIE_CHECK(!all_the_same(normals), "latent", "all normals have the same vector");
  LatentSpace out;
  out.dims = normals.dim(1);
  const auto gaussian = make_gaussian({{kLayer}});
  const auto knn = make_knn({kLayer, kKnnNeighbours});
  const FitContext fit{0, context};
  gaussian->fit(VectorStream(normals), fit);
  knn->fit(VectorStream(normals), fit);
  out.gaussian_auroc = auroc_of(*gaussian, vectors.test, vectors.defective);
  out.knn_auroc = auroc_of(*knn, vectors.test, vectors.defective);
  out.two_nn = two_nn_dimension(normals);
  out.levina_bickel = levina_bickel_dimension(normals, kNeighbours);
  measure_components(vectors, out);
  out.overlap = neighbour_overlap(vectors.test, vectors.defective, kNeighbours);
  const double between = mean_pair_distance(spread_rows(normals, kMostPaired));
  for (std::size_t c = 0; c < vectors.corrupted.size(); ++c)
    out.corruptions.push_back({vectors.corruption_names[c],
                               mean_move(vectors.test, vectors.corrupted[c], vectors.defective) / between,
                               auroc_of(*gaussian, vectors.corrupted[c], vectors.defective)});
  return out;
}

Tensor map_of(const Tensor& vectors) {
  const PrincipalAxes axes = principal_axes(samples_of(vectors));
  const Tensor along = along_axes(axes, vectors);
  Tensor out = Tensor::zeros({vectors.dim(0), 3});
  const std::int64_t shown = std::min<std::int64_t>(3, axes.count());
  for (std::int64_t i = 0; i < vectors.dim(0); ++i)
    std::copy_n(along.data<float>() + i * axes.count(), shown, out.data<float>() + 3 * i);
  return out;
}

}  // namespace vigie

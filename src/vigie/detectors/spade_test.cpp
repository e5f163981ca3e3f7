#include "vigie/detectors/spade.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/core/log.h"
#include "vigie/detectors/feature_pyramid.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

std::vector<std::vector<float>> pyramid_rows(const Features& layers, std::int64_t b) {
  const std::int64_t dims = total_channels(layout_of(layers, "test")), positions = layers[0].dim(1) * layers[0].dim(2);
  std::vector<float> all(positions * dims);
  concatenate_layers(layers, b, all.data());
  std::vector<std::vector<float>> rows;
  for (std::int64_t p = 0; p < positions; ++p) rows.emplace_back(all.begin() + p * dims, all.begin() + (p + 1) * dims);
  return rows;
}

double distance(std::span<const float> a, std::span<const float> b) {
  double squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squared += std::pow(static_cast<double>(a[i]) - b[i], 2);
  return std::sqrt(squared);
}

/// Sorted distances and the images they belong to.
std::vector<std::pair<double, std::int64_t>> images_by_distance(const Tensor& normals, const Tensor& test) {
  std::vector<std::pair<double, std::int64_t>> sorted;
  for (std::int64_t i = 0; i < normals.dim(0); ++i)
    sorted.emplace_back(distance(normals.rows(i, i + 1).values<float>(), test.values<float>()), i);
  std::ranges::sort(sorted);
  return sorted;
}

void expect_agreement(std::int64_t gallery, std::int64_t kappa) {
  SpadeOptions options;
  options.neighbours = gallery;
  options.pixel_neighbours = kappa;
  const auto detector = make_spade(options);
  const Features normals = synthetic_features(detector->layers(), 7, 1),
                 test = synthetic_features(detector->layers(), 1, 2, true);
  detector->fit(StoredFeatures(normals, 3), {});
  const auto results = detector->predict(test);

  const auto nearest = images_by_distance(std::as_const(normals.back()), std::as_const(test.back()));
  double score = 0;
  std::vector<std::vector<float>> bank;
  for (std::int64_t i = 0; i < gallery; ++i) {
    score += nearest[i].first / static_cast<double>(gallery);
    for (auto& row : pyramid_rows({normals.begin(), normals.end() - 1}, nearest[i].second)) bank.push_back(row);
  }
  EXPECT_NEAR(results[0].score, score, 1e-5 * score);
  const auto queries = pyramid_rows({test.begin(), test.end() - 1}, 0);
  for (std::size_t p = 0; p < queries.size(); ++p) {
    std::vector<double> distances;
    for (const auto& row : bank) distances.push_back(distance(queries[p], row));
    std::ranges::sort(distances);
    double mean = 0;
    for (std::int64_t i = 0; i < kappa; ++i) mean += distances[i] / static_cast<double>(kappa);
    ASSERT_NEAR(results[0].map.data<float>()[p], mean, 1e-5 * mean);
  }
}

TEST(Spade, AgreesWithASlowReferenceForEveryGallerySize) {
  for (std::int64_t gallery = 1; gallery <= 7; ++gallery) expect_agreement(gallery, 1);
}

TEST(Spade, AgreesWithASlowReferenceForSeveralPixelNeighbours) {
  expect_agreement(3, 4);
}

TEST(Spade, AHundredNeighboursAreLoweredToTheNormalsThereAre) {
  set_log_level(LogLevel::Quiet);
  SpadeOptions options;
  options.neighbours = 100;
  const auto many = make_spade(options);
  options.neighbours = 4;
  const auto four = make_spade(options);
  const StoredFeatures normals(synthetic_features(many->layers(), 4, 1), 4);
  many->fit(normals, {});
  four->fit(normals, {});
  const Features test = synthetic_features(many->layers(), 1, 2);
  EXPECT_EQ(many->predict(test)[0].score, four->predict(test)[0].score);
}

}  // namespace
}  // namespace vigie

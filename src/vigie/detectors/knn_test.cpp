#include "vigie/detectors/knn.h"

#include <gtest/gtest.h>

#include "vigie/core/log.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

TEST(Knn, IsTheMeanDistanceToTheNearestNormals) {
  KnnOptions options;
  options.neighbours = 2;
  const auto detector = make_knn(options);
  detector->fit(StoredFeatures({Tensor::from({3, 1, 1, 2}, std::vector<float>{0, 0, 6, 8, 100, 0})}, 2), {});
  const auto results = detector->predict({Tensor::from({1, 1, 1, 2}, std::vector<float>{0, 0})});
  EXPECT_FLOAT_EQ(results[0].score, 5);  // (0 + 10) / 2
}

TEST(Knn, FewerNormalsThanNeighboursAreAllUsed) {
  set_log_level(LogLevel::Quiet);
  const auto detector = make_knn({});
  detector->fit(StoredFeatures({Tensor::from({2, 1, 1, 1}, std::vector<float>{0, 4})}, 2), {});
  EXPECT_FLOAT_EQ(detector->predict({Tensor::from({1, 1, 1, 1}, std::vector<float>{0})})[0].score, 2);
}

TEST(Knn, AveragesALayerThatHasAGrid) {
  KnnOptions options;
  options.layer = "layer3";
  options.neighbours = 1;
  const auto detector = make_knn(options);
  detector->fit(StoredFeatures({Tensor::from({1, 1, 2, 1}, std::vector<float>{1, 3})}, 1), {});
  EXPECT_FLOAT_EQ(detector->predict({Tensor::from({1, 1, 2, 1}, std::vector<float>{4, 6})})[0].score, 3);
}

}  // namespace
}  // namespace vigie

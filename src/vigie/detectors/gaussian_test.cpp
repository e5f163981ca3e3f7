#include "vigie/detectors/gaussian.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

GaussianOptions layers(std::vector<std::string> names) {
  GaussianOptions options;
  options.layers = std::move(names);
  return options;
}

TEST(Gaussian, IsTheSumOverStagesOfTheShrunkMahalanobisDistance) {
  // The covariance of these four points, shrunk by 17/18 towards 5/4: diag(47/36 − …), worked out in
  // covariance_test.cpp.
  const Tensor cross = Tensor::from({4, 1, 1, 2}, std::vector<float>{2, 0, -2, 0, 0, 1, 0, -1});
  const auto detector = make_gaussian(layers({"a", "b"}));
  detector->fit(StoredFeatures({cross, cross}, 4), {});
  const Tensor x = Tensor::from({1, 1, 1, 2}, std::vector<float>{3, 0}),
               y = Tensor::from({1, 1, 1, 2}, std::vector<float>{0, 1});
  const double horizontal = 2.0 / 18 + 17.0 / 18 * 1.25, vertical = 0.5 / 18 + 17.0 / 18 * 1.25;
  EXPECT_NEAR(detector->predict({x, y})[0].score, 3 / std::sqrt(horizontal) + 1 / std::sqrt(vertical), 1e-5);
}

TEST(Gaussian, TwoNormalsAreEnoughThoughTheirCovarianceIsSingular) {
  const Tensor two = Tensor::from({2, 1, 1, 2}, std::vector<float>{0, 0, 1, 0});
  const auto detector = make_gaussian(layers({"a"}));
  detector->fit(StoredFeatures({two}, 2), {});
  const auto along = detector->predict({Tensor::from({1, 1, 1, 2}, std::vector<float>{1, 0})});
  const auto across = detector->predict({Tensor::from({1, 1, 1, 2}, std::vector<float>{0.5, 0.5})});
  EXPECT_TRUE(std::isfinite(across[0].score));
  EXPECT_GT(across[0].score, 100 * along[0].score);
}

TEST(Gaussian, FeaturesThatNeverVaryAreRefused) {
  const auto detector = make_gaussian(layers({"a"}));
  EXPECT_THROW(detector->fit(StoredFeatures({Tensor::full({5, 2, 2, 3}, 1)}, 2), {}), Error);
  EXPECT_THROW(detector->fit(StoredFeatures({Tensor::full({1, 2, 2, 3}, 1)}, 2), {}), Error);  // one image
}

}  // namespace
}  // namespace vigie

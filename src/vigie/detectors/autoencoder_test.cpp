// What the detectors behind autoencoders compute beyond the contract.
#include "vigie/detectors/autoencoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "vigie/detectors/ae_mahalanobis.h"
#include "vigie/detectors/ganomaly.h"
#include "vigie/detectors/gaussian.h"
#include "vigie/detectors/synthetic_features.h"
#include "vigie/detectors/vae.h"

namespace vigie {
namespace {

Features two_images() {
  Features features{Tensor::full({2, 8, 8, 3}, 0.5F), Tensor::full({2, 8, 8, 3}, 0.5F)};
  features[1].data<float>()[0] = 0.9F;
  return features;
}

TEST(AutoencoderDetector, TheImageScoreIsTheMeanOfTheMap) {
  const auto detector = make_autoencoder({});
  detector->fit(StoredFeatures(two_images(), 1), {});
  const auto results = detector->predict(two_images());
  const auto values = std::as_const(results[0].map).values<float>();
  EXPECT_NEAR(results[0].score, std::accumulate(values.begin(), values.end(), 0.0) / 64, 1e-6);
  EXPECT_GT(results[0].score, 1e-3);
  EXPECT_NEAR(results[1].score, 0, 1e-6);
}

TEST(AutoencoderDetector, WithoutSsimItIsTheSquaredError) {
  AutoencoderOptions options;
  options.ssim_weight = 0;
  const auto detector = make_autoencoder(options);
  detector->fit(StoredFeatures(two_images(), 1), {});
  EXPECT_NEAR(detector->predict(two_images())[0].map.data<float>()[0], 0.4 * 0.4 / 3, 1e-6);
}

TEST(AutoencoderDetector, RefusesAReconstructionOfAnotherSize) {
  const Features uneven{Tensor::zeros({1, 8, 8, 3}), Tensor::zeros({1, 4, 4, 3})};
  EXPECT_THROW(make_autoencoder({})->fit(StoredFeatures(uneven, 1), {}), Error);
}

TEST(VaeDetector, TheElboAddsTheDistanceFromThePriorPerValueOfTheImage) {
  VaeOptions options;
  options.beta = 2;
  options.elbo_score = true;
  const auto detector = make_vae(options);
  ASSERT_EQ(detector->layers(), (std::vector<std::string>{"input", "reconstruction", "mean", "log_variance"}));
  Features features = two_images();
  features.push_back(Tensor::from({2, 1, 1, 2}, std::vector<float>{0, 0, 1, -2}));
  features.push_back(Tensor::from({2, 1, 1, 2}, std::vector<float>{0, 0, 0.5F, 0}));
  detector->fit(StoredFeatures(features, 1), {});
  const double kl = 0.5 * (1 + std::exp(0.5) - 1 - 0.5) + 0.5 * 4;
  EXPECT_NEAR(detector->predict(features)[1].score, 2 * kl / (8 * 8 * 3), 1e-6);
}

TEST(AeMahalanobisDetector, IsTheGaussianOfTheLatent) {
  GaussianOptions options;
  options.layers = {"latent"};
  const auto ours = make_ae_mahalanobis({}), theirs = make_gaussian(options);
  const Features normals = synthetic_features({"latent"}, 20, 1), unseen = synthetic_features({"latent"}, 2, 2, true);
  ours->fit(StoredFeatures(normals, 4), {});
  theirs->fit(StoredFeatures(normals, 4), {});
  EXPECT_EQ(ours->predict(unseen)[1].score, theirs->predict(unseen)[1].score);
}

TEST(GanomalyDetector, TheScoreIsTheMeanSquaredOrAbsoluteDifferenceOfTheLatents) {
  const Features features{Tensor::from({1, 1, 1, 3}, std::vector<float>{1, 2, 3}),
                          Tensor::from({1, 1, 1, 3}, std::vector<float>{1, 0, 4})};
  for (const char* distance : {"l2", "l1"}) {
    GanomalyOptions options;
    options.distance = distance;
    const auto detector = make_ganomaly(options);
    detector->fit(StoredFeatures(features, 1), {});
    EXPECT_NEAR(detector->predict(features)[0].score, options.distance == "l2" ? 5.0 / 3 : 1.0, 1e-6);
  }
}

}  // namespace
}  // namespace vigie

#include "vigie/detectors/fastflow.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

TEST(Fastflow, EvidenceIsTheNegativeLogOfTheMeanLikelihoodOnTheFirstGrid) {
  FastflowOptions options;
  options.layers = {"layer1", "layer2"};
  const auto detector = make_fastflow(options);
  EXPECT_EQ(detector->layers(), (std::vector<std::string>{"z.layer1", "z.layer2"}));
  Features z = {Tensor::zeros({1, 2, 2, 4}), Tensor::full({1, 1, 1, 6}, 1)};
  float* const cell = z[0].data<float>() + 3 * 4;
  cell[0] = 2, cell[3] = -2;  // mean square 2
  detector->fit(StoredFeatures(z, 1), {});
  const RawResult result = detector->predict(z).at(0);
  ASSERT_EQ(result.map.shape(), (Shape{2, 2}));
  EXPECT_FLOAT_EQ(result.map.values<float>()[0], -std::log((1 + std::exp(-0.5F)) / 2));
  EXPECT_FLOAT_EQ(result.map.values<float>()[3], -std::log((std::exp(-1.0F) + std::exp(-0.5F)) / 2));
  EXPECT_EQ(result.score, result.map.values<float>()[3]);
}

TEST(Fastflow, EvidenceIsFiniteWhereLikelihoodVanishes) {
  const auto detector = make_fastflow({.layers = {"layer1"}});
  const Features z = {Tensor::full({1, 2, 2, 4}, 1e3F)};
  detector->fit(StoredFeatures(z, 1), {});
  const float score = detector->predict(z).at(0).score;
  EXPECT_GT(score, 80);
  EXPECT_TRUE(std::isfinite(score));
}

TEST(Fastflow, ThePublishedScheduleIsTheDefault) {
  const nlohmann::json options = json_from_options(FastflowOptions());
  EXPECT_EQ(options["flow_steps"], 8);
  EXPECT_EQ(options["epochs"], 500);
  EXPECT_EQ(options["batch_size"], 32);
  EXPECT_EQ(options["learning_rate"], 1e-3);
  EXPECT_EQ(options["weight_decay"], 1e-5);
}

}  // namespace
}  // namespace vigie

#include "vigie/detectors/simplenet.h"

#include <gtest/gtest.h>

#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

TEST(Simplenet, EvidenceIsTheNegativeOfTheDiscriminatorAndTheScoreItsLargest) {
  const auto detector = make_simplenet({});
  Features outputs = {Tensor::from({2, 1, 2, 1}, std::vector<float>{0.5F, -0.75F, 1, 2})};
  detector->fit(StoredFeatures(outputs, 1), {});
  const auto results = detector->predict(outputs);
  EXPECT_EQ(results.at(0).map.values<float>()[0], -0.5F);
  EXPECT_EQ(results.at(0).score, 0.75F);
  EXPECT_EQ(results.at(1).score, -1);
}

TEST(Simplenet, RefusesWhatIsNoDiscriminator) {
  const auto detector = make_simplenet({});
  EXPECT_THROW(detector->fit(StoredFeatures({Tensor::zeros({2, 4, 4, 3})}, 1), {}), Error);
  EXPECT_THROW(detector->set_state({{{"layout", {{4, 4, 3}}}}, {}}), Error);
  EXPECT_THROW(make_simplenet({.patch_size = 2}), Error);
}

TEST(Simplenet, ThePublishedScheduleIsTheDefault) {
  const nlohmann::json options = json_from_options(SimplenetOptions());
  EXPECT_EQ(options["epochs"], 160);
  EXPECT_EQ(options["batch_size"], 4);
  EXPECT_EQ(options["noise"], 0.015);
  EXPECT_EQ(options["learning_rate"], 2e-4);
  EXPECT_EQ(options["adaptor_learning_rate"], 1e-4);
}

}  // namespace
}  // namespace vigie

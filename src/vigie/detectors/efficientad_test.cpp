#include "vigie/detectors/efficientad.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/detectors/quantile.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

/// Teacher and autoencoder are 0; both students are the square roots of the wanted map values: one image of one row.
Features differences(const std::vector<float>& local, const std::vector<float>& global) {
  const auto row = [](const std::vector<float>& squares, bool zero) {
    Tensor out = Tensor::zeros({1, 1, static_cast<std::int64_t>(squares.size()), 2});
    for (std::size_t i = 0; i < squares.size() && !zero; ++i)  // the mean over two channels is the wanted value
      out.data<float>()[2 * i] = std::sqrt(2 * squares[i]);
    return out;
  };
  return {row(local, true), row(local, false), row(global, true), row(global, false)};
}

std::vector<float> ramp(std::size_t count, float step) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(step * static_cast<float>(i));
  return values;
}

TEST(Quantile, IsLinearBetweenTheNearestValues) {
  std::vector<float> values{3, 0, 1, 2};
  EXPECT_EQ(quantile_of(values, 0), 0);
  EXPECT_EQ(quantile_of(values, 1), 3);
  EXPECT_DOUBLE_EQ(quantile_of(values, 0.5), 1.5);
  EXPECT_DOUBLE_EQ(quantile_of(values, 0.9), 2.7);
  std::vector<float> one{5};
  EXPECT_EQ(quantile_of(one, 0.3), 5);
  EXPECT_THROW(quantile_of({}, 0.5), Error);
}

TEST(EfficientAd, QuantilesOfTheNormalsBecomeZeroAndATenth) {
  const auto detector = make_efficientad({});
  detector->fit(StoredFeatures(differences(ramp(1001, 1), ramp(1001, 3)), 1), {});
  std::vector<float> local(1001, 900), global(1001, 2700);
  local[1] = 995;                    // 0.05: half of a tenth
  global[2] = 3 * 995;               // 0.05
  local[3] = 995, global[3] = 2985;  // 0.1
  const RawResult result = detector->predict(differences(local, global)).at(0);
  const float* map = std::as_const(result.map).data<float>();
  EXPECT_NEAR(map[0], 0, 1e-5);
  EXPECT_NEAR(map[1], 0.05, 1e-5);
  EXPECT_NEAR(map[2], 0.05, 1e-5);
  EXPECT_NEAR(map[3], 0.1, 1e-5);
  EXPECT_NEAR(result.score, 0.1, 1e-5);
}

TEST(EfficientAd, RefusesMapsThatAreTheSameEverywhere) {
  EXPECT_THROW(make_efficientad({})->fit(StoredFeatures(differences(ramp(9, 0), ramp(9, 1)), 1), {}), Error);
}

TEST(EfficientAd, RefusesQuantilesInTheWrongOrderAndLayersOfDifferentShape) {
  EfficientAdOptions options;
  options.quantile_low = options.quantile_high;
  EXPECT_THROW(make_efficientad(options), Error);
  Features features = differences(ramp(9, 1), ramp(9, 1));
  features[3] = Tensor::zeros({1, 1, 9, 3});
  EXPECT_THROW(make_efficientad({})->fit(StoredFeatures(features, 1), {}), Error);
}

}  // namespace
}  // namespace vigie

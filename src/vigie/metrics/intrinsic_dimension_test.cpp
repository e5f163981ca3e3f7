#include "vigie/metrics/intrinsic_dimension.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "vigie/core/random.h"

namespace vigie {
namespace {

Tensor line(std::vector<float> places) {
  return Tensor::from({static_cast<std::int64_t>(places.size()), 1}, places);
}

/// `dims` random numbers a vector, laid into `width` dimensions by a fixed random map and bent a little.
Tensor sheet(std::int64_t count, std::int64_t dims, std::int64_t width) {
  Random random(5);
  std::vector<double> map(static_cast<std::size_t>(dims * width));
  for (double& value : map) value = random.normal();
  Tensor out({count, width});
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<double> at(static_cast<std::size_t>(dims));
    for (double& value : at) value = random.uniform();
    for (std::int64_t w = 0; w < width; ++w) {
      double sum = 0;
      for (std::int64_t d = 0; d < dims; ++d) sum += map[d * width + w] * at[d];
      out.data<float>()[i * width + w] = static_cast<float>(sum + 0.1 * std::sin(sum));
    }
  }
  return out;
}

TEST(IntrinsicDimension, IsThatOfTheSheetAndNotOfTheSpaceItLiesIn) {
  for (const std::int64_t dims : {1, 2, 5}) {
    const Tensor vectors = sheet(1500, dims, 40);
    EXPECT_NEAR(two_nn_dimension(vectors), dims, 0.12 * static_cast<double>(dims));
    EXPECT_NEAR(levina_bickel_dimension(vectors, 10), dims, 0.12 * static_cast<double>(dims));
  }
}

TEST(IntrinsicDimension, DoesNotChangeWithTheScale) {
  Tensor vectors = sheet(200, 2, 10);
  const double two_nn = two_nn_dimension(vectors), mle = levina_bickel_dimension(vectors, 10);
  for (float& value : vectors.values<float>()) value *= 1024;
  EXPECT_DOUBLE_EQ(two_nn_dimension(vectors), two_nn);
  EXPECT_DOUBLE_EQ(levina_bickel_dimension(vectors, 10), mle);
}

TEST(TwoNn, IsTheSlopeThroughTheOriginComputedByHand) {
  // places 0 1 3 7: r1 = 1 1 2 4, r2 = 3 2 3 6, µ = 3 2 1.5 1.5; sorted 1.5 1.5 2 (3 is the largest tenth, left out)
  // against −log(1 − i/4), i = 1 2 3
  const double x[] = {std::log(1.5), std::log(1.5), std::log(2.0)};
  const double y[] = {std::log(4.0 / 3), std::log(2.0), std::log(4.0)};
  double xy = 0, xx = 0;
  for (int i = 0; i < 3; ++i) {
    xy += x[i] * y[i];
    xx += x[i] * x[i];
  }
  EXPECT_NEAR(two_nn_dimension(line({0, 1, 3, 7})), xy / xx, 1e-6);
}

TEST(LevinaBickel, IsTheMeanOfTheVectorsOwnEstimates) {
  // places 0 1 3 7, K = 3: distances 1 3 7; 1 2 6; 2 3 4; 4 6 7
  const auto estimate = [](double a, double b, double c) { return 1 / (std::log(c / a) + std::log(c / b)); };
  const double wanted = (estimate(1, 3, 7) + estimate(1, 2, 6) + estimate(2, 3, 4) + estimate(4, 6, 7)) / 4;
  EXPECT_NEAR(levina_bickel_dimension(line({0, 1, 3, 7}), 3), wanted, 1e-6);
}

TEST(IntrinsicDimension, LeavesTwinsOutAndIsUndefinedOfTooFew) {
  EXPECT_TRUE(std::isnan(two_nn_dimension(line({0, 1}))));
  EXPECT_TRUE(std::isnan(two_nn_dimension(line({1, 1, 1, 1}))));
  EXPECT_TRUE(std::isnan(levina_bickel_dimension(line({0, 1, 3}), 3)));
  EXPECT_TRUE(std::isnan(levina_bickel_dimension(line({2, 2, 2, 2, 2}), 3)));
  EXPECT_TRUE(std::isfinite(two_nn_dimension(line({0, 0, 1, 3, 7, 20}))));
  EXPECT_THROW(levina_bickel_dimension(line({0, 1, 3, 7}), 2), Error);
}

}  // namespace
}  // namespace vigie

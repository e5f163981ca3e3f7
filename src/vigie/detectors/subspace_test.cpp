#include "vigie/detectors/subspace.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/detectors/principal_components.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

TEST(Subspace, IsTheDistanceToTheLineThatNormalsLieOn) {
  // Normals on the line y = x + 1, z = 0; the point (0, 0, 2) is √(½ + 4) away from it.
  SubspaceOptions options;
  options.layers = {"a"};
  options.patch_size = 1;
  const auto detector = make_subspace(options);
  const Tensor line = Tensor::from({4, 1, 1, 3}, std::vector<float>{-3, -2, 0, 0, 1, 0, 2, 3, 0, 5, 6, 0});
  detector->fit(StoredFeatures({line}, 3), {});
  EXPECT_EQ(detector->state().tensors.at("basis").dim(0), 1);
  const auto results = detector->predict({Tensor::from({1, 1, 1, 3}, std::vector<float>{0, 0, 2})});
  EXPECT_NEAR(results[0].score, std::sqrt(4.5), 1e-5);
  EXPECT_NEAR(detector->predict({line})[2].score, 0, 1e-5);
}

TEST(Subspace, TheModelOfAResNet18StaysBelowAMegabyte) {
  SubspaceOptions options;
  const auto detector = make_subspace(options);
  Random random(1);
  Features features = {Tensor({4, 14, 14, 128}), Tensor({4, 7, 7, 256})};
  for (Tensor& layer : features)
    for (float& x : layer.values<float>()) x = static_cast<float>(random.normal());
  detector->fit(StoredFeatures(features, 4), {});
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : detector->state().tensors) bytes += tensor.bytes();
  EXPECT_LT(bytes, 1000000u);
}

Tensor stretched_rows(std::int64_t count) {
  Random random(3);
  Tensor rows({count, 4});
  const double spread[] = {8, 4, 1, 0.1};
  for (std::int64_t i = 0; i < rows.count(); ++i)
    rows.data<float>()[i] = static_cast<float>(1000 + spread[i % 4] * random.normal());
  return rows;
}

TEST(PrincipalComponents, KeepsTheFewestThatReachTheVariance) {
  MomentSums sums;
  const Tensor rows = stretched_rows(4000);  // variances 64, 16, 1, 0.01
  sums.add(rows.rows(0, 1500));
  sums.add(rows.rows(1500, 4000));
  EXPECT_EQ(sums.count(), 4000);
  EXPECT_EQ(sums.principal_components(0.75, 0).basis.dim(0), 1);
  EXPECT_EQ(sums.principal_components(0.95, 0).basis.dim(0), 2);
  EXPECT_EQ(sums.principal_components(0.995, 0).basis.dim(0), 3);
  EXPECT_EQ(sums.principal_components(0.995, 2).basis.dim(0), 2);
  EXPECT_EQ(sums.principal_components(0.999999, 0).basis.dim(0), 3);  // one direction is always left over
}

TEST(PrincipalComponents, AreOrthonormalAndOrderedByVariance) {
  MomentSums sums;
  sums.add(stretched_rows(4000));
  const auto components = sums.principal_components(0.995, 0);
  const float* basis = components.basis.data<float>();
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::abs(basis[i * 4 + i]), 1, 0.01);
    EXPECT_NEAR(components.mean.data<float>()[i], 1000, 0.5);
    for (std::int64_t j = 0; j <= i; ++j) {
      double dot = 0;
      for (std::int64_t d = 0; d < 4; ++d) dot += static_cast<double>(basis[i * 4 + d]) * basis[j * 4 + d];
      EXPECT_NEAR(dot, i == j ? 1 : 0, 1e-5);
    }
  }
}

}  // namespace
}  // namespace vigie

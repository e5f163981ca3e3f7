#include "vigie/detectors/covariance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/detectors/mahalanobis.h"

namespace vigie {
namespace {

TEST(Covariance, OfAHandMadeSample) {
  const std::vector<float> rows = {0, 0, 2, 0, 1, 3};  // three points of the plane
  const GaussianFit fit = sample_gaussian({rows.data(), 2, 3, 2});
  EXPECT_EQ(fit.mean, (std::vector<double>{1, 1}));
  EXPECT_DOUBLE_EQ(fit.covariance[0], 1);
  EXPECT_DOUBLE_EQ(fit.covariance[3], 3);
  EXPECT_DOUBLE_EQ(fit.covariance[1], 0);
  EXPECT_DOUBLE_EQ(fit.covariance[2], fit.covariance[1]);
}

TEST(Covariance, ReadsSamplesThatLieApart) {
  const std::vector<float> rows = {1, 99, 99, 3, 99, 99, 5, 99, 99};
  const GaussianFit fit = sample_gaussian({rows.data(), 3, 3, 1});
  EXPECT_DOUBLE_EQ(fit.mean[0], 3);
  EXPECT_DOUBLE_EQ(fit.covariance[0], 4);
}

TEST(LedoitWolf, OfAHandMadeSample) {
  // Points ±(2, 0), ±(0, 1): covariance diag(2, 1/2), mu 5/4, distance ((3/4)² + (3/4)²)/2 = 9/16.
  // Σ|x|⁴ = 2·16 + 2·1 = 34; noise (34/4 − 17/4)/(2·4) = 17/32; shrinkage (17/32)/(9/16) = 17/18.
  const std::vector<float> rows = {2, 0, -2, 0, 0, 1, 0, -1};
  const ShrunkGaussian fit = ledoit_wolf({rows.data(), 2, 4, 2});
  EXPECT_NEAR(fit.shrinkage, 17.0 / 18, 1e-12);
  EXPECT_NEAR(fit.covariance[0], 2.0 / 18 + 17.0 / 18 * 1.25, 1e-12);
  EXPECT_NEAR(fit.covariance[3], 0.5 / 18 + 17.0 / 18 * 1.25, 1e-12);
  EXPECT_NEAR(fit.covariance[1], 0, 1e-12);
}

TEST(LedoitWolf, AgreesWithScikitLearn) {
  if (std::system("/usr/bin/python3 -c 'import sklearn' 2>/dev/null") != 0) GTEST_SKIP() << "no scikit-learn";
  // The same numbers on both sides: small integers from a formula.
  const std::int64_t n = 23, d = 7;
  std::vector<float> rows;
  for (std::int64_t i = 0; i < n * d; ++i)
    rows.push_back(static_cast<float>((i * i * 7 + i / 3 * 5) % 31 * (i % d + 1)));
  const std::string script =
      "/usr/bin/python3 -c \"import numpy as np; from sklearn.covariance import ledoit_wolf; i=np.arange(161); "
      "x=((i*i*7+i//3*5)%31*(i%7+1)).astype(float).reshape(23,7); c,s=ledoit_wolf(x); "
      "print('%.17g'%s, *['%.17g'%v for v in c.ravel()])\"";
  std::FILE* pipe = popen(script.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::vector<double> expected(1 + d * d);
  for (double& x : expected) ASSERT_EQ(std::fscanf(pipe, "%lf", &x), 1);
  pclose(pipe);
  const ShrunkGaussian fit = ledoit_wolf({rows.data(), d, n, d});
  EXPECT_NEAR(fit.shrinkage, expected[0], 1e-12);
  EXPECT_GT(fit.shrinkage, 0.01);
  for (std::int64_t i = 0; i < d * d; ++i)
    EXPECT_NEAR(fit.covariance[i], expected[i + 1], 1e-9 * std::abs(expected[1]));
}

TEST(Mahalanobis, OfAHandMadeCovariance) {
  // Σ = [4 2; 2 2], Σ⁻¹ = [½ −½; −½ 1]: for x = (2, 3), xᵀΣ⁻¹x = 2 − 6 + 9 = 5.
  const std::vector<double> covariance = {4, 2, 2, 2};
  std::vector<float> packed(packed_size(2)), scratch(2);
  pack_whitening(covariance, 2, packed.data());
  const std::vector<float> mean = {1, 1}, x = {3, 4};
  EXPECT_NEAR(mahalanobis(packed.data(), mean.data(), x.data(), 2, scratch.data()), std::sqrt(5.0), 1e-6);
}

TEST(Mahalanobis, TheFactorWhitensItsCovarianceAtAnySize) {
  for (const std::int64_t d : {1, 5, 64, 65, 150}) {
    Random random(static_cast<std::uint64_t>(d));
    std::vector<float> rows(3 * d * d);
    for (float& x : rows) x = static_cast<float>(random.normal());
    GaussianFit fit = sample_gaussian({rows.data(), d, 3 * d, d});
    std::vector<float> packed(packed_size(d));
    pack_whitening(fit.covariance, d, packed.data());
    const auto w = [&](std::int64_t row, std::int64_t column) -> double {
      return row < column ? 0 : packed[column * d - column * (column - 1) / 2 + row - column];
    };
    for (std::int64_t i = 0; i < d; ++i) {  // W·Σ·Wᵀ = 1
      for (std::int64_t j = 0; j <= i; ++j) {
        double sum = 0;
        for (std::int64_t k = 0; k <= i; ++k)
          for (std::int64_t l = 0; l <= j; ++l) sum += w(i, k) * fit.covariance[k * d + l] * w(j, l);
        ASSERT_NEAR(sum, i == j ? 1 : 0, 1e-5) << d << ": " << i << ", " << j;
      }
    }
  }
}

TEST(Mahalanobis, ASingularCovarianceIsRefused) {
  const std::vector<double> covariance = {1, 1, 1, 1};
  std::vector<float> packed(3);
  EXPECT_THROW(pack_whitening(covariance, 2, packed.data()), Error);
}

}  // namespace
}  // namespace vigie

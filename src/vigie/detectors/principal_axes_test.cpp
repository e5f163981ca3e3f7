#include "vigie/detectors/principal_axes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/core/random.h"

namespace vigie {
namespace {

/// Normal numbers, dimension d scaled by 1 / (1 + d) and shifted.
Tensor samples_of(std::int64_t count, std::int64_t dims) {
  Random random(2);
  Tensor out({count, dims});
  for (std::int64_t i = 0; i < out.count(); ++i)
    out.data<float>()[i] = static_cast<float>(3 + random.normal() / static_cast<double>(1 + i % dims));
  return out;
}

PrincipalAxes axes_of(const Tensor& rows) {
  return principal_axes({rows.data<float>(), rows.dim(1), rows.dim(0), rows.dim(1)});
}

/// |C·a − v·a| for every axis a with variance v, C the covariance written out.
double worst_eigen_error(const Tensor& rows, const PrincipalAxes& axes) {
  const std::int64_t count = rows.dim(0), dims = rows.dim(1);
  const GaussianFit fit = sample_gaussian({rows.data<float>(), dims, count, dims});
  const double to_divisor_n = static_cast<double>(count - 1) / static_cast<double>(count);
  double worst = 0;
  for (std::int64_t a = 0; a < axes.count(); ++a)
    for (std::int64_t i = 0; i < dims; ++i) {
      double product = 0;
      for (std::int64_t j = 0; j < dims; ++j)
        product += to_divisor_n * fit.covariance[i * dims + j] * axes.basis[a * dims + j];
      worst = std::max(worst, std::abs(product - axes.variances[a] * axes.basis[a * dims + i]));
    }
  return worst;
}

TEST(PrincipalAxes, AreEigenvectorsOfTheCovarianceBothWays) {
  for (const auto& [count, dims] : {std::pair(40, 7), {12, 30}, {7, 7}}) {
    const Tensor rows = samples_of(count, dims);
    const PrincipalAxes axes = axes_of(rows);
    EXPECT_EQ(axes.count(), std::min(dims, count - 1));
    EXPECT_LT(worst_eigen_error(rows, axes), 1e-9);
    for (std::int64_t a = 0; a < axes.count(); ++a)
      for (std::int64_t b = 0; b <= a; ++b) {
        double dot = 0;
        for (std::int64_t i = 0; i < dims; ++i) dot += axes.basis[a * dims + i] * axes.basis[b * dims + i];
        EXPECT_NEAR(dot, a == b ? 1 : 0, 1e-9);
      }
    EXPECT_TRUE(std::is_sorted(axes.variances.rbegin(), axes.variances.rend()));
  }
}

TEST(PrincipalAxes, CoordinatesHaveTheVarianceOfTheirAxis) {
  const Tensor rows = samples_of(20, 50);
  const PrincipalAxes axes = axes_of(rows);
  const Tensor along = along_axes(axes, rows);
  ASSERT_EQ(along.shape(), (Shape{20, axes.count()}));
  for (std::int64_t a = 0; a < axes.count(); ++a) {
    double squares = 0;
    for (std::int64_t i = 0; i < 20; ++i) squares += std::pow(along.data<float>()[i * axes.count() + a], 2);
    EXPECT_NEAR(squares / 20, axes.variances[a], 1e-5);
  }
}

TEST(PrincipalAxes, OfOnePointAreNone) {
  EXPECT_EQ(axes_of(Tensor::full({5, 3}, 0.25F)).count(), 0);
  EXPECT_THROW(axes_of(Tensor::zeros({1, 3})), Error);
}

}  // namespace
}  // namespace vigie

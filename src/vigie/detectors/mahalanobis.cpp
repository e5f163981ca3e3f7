#include "vigie/detectors/mahalanobis.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "vigie/core/error.h"

namespace vigie {

namespace {

constexpr Eigen::Index kSmall = 64;

/// Replaces a lower triangular matrix by its inverse, by halves: the triangle's zeros cost nothing, a plain solve
/// triples the work.
void invert_lower(Eigen::Ref<Eigen::MatrixXd> matrix) {
  const Eigen::Index n = matrix.rows();
  if (n <= kSmall) {
    const Eigen::MatrixXd inverse = matrix.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(n, n));
    matrix.triangularView<Eigen::Lower>() = inverse;
    return;
  }
  const Eigen::Index half = n / 2, rest = n - half;
  invert_lower(matrix.topLeftCorner(half, half));
  invert_lower(matrix.bottomRightCorner(rest, rest));
  auto corner = matrix.bottomLeftCorner(rest, half);
  const Eigen::MatrixXd left = matrix.bottomRightCorner(rest, rest).triangularView<Eigen::Lower>() * corner;
  corner = -(left * matrix.topLeftCorner(half, half).triangularView<Eigen::Lower>());
}

}  // namespace

void pack_whitening(std::span<const double> covariance, std::int64_t dims, float* packed) {
  VIGIE_CHECK(static_cast<std::int64_t>(covariance.size()) == dims * dims, "pack_whitening",
              "{} values for a covariance of {} dimensions", covariance.size(), dims);
  Eigen::MatrixXd factor = Eigen::Map<const Eigen::MatrixXd>(covariance.data(), dims, dims);
  Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> cholesky(factor);
  VIGIE_CHECK(cholesky.info() == Eigen::Success, "pack_whitening", "a covariance of {} dimensions is singular", dims);
  invert_lower(factor);
  for (Eigen::Index column = 0; column < dims; ++column)
    for (Eigen::Index row = column; row < dims; ++row) *packed++ = static_cast<float>(factor(row, column));
}

float mahalanobis(const float* packed, const float* mean, const float* x, std::int64_t dims, float* scratch) {
  std::fill_n(scratch, dims, 0.0F);
  for (std::int64_t column = 0; column < dims; ++column) {
    const float weight = x[column] - mean[column];
    const std::int64_t below = dims - column;
    float* out = scratch + column;
#pragma omp simd
    for (std::int64_t i = 0; i < below; ++i) out[i] += packed[i] * weight;
    packed += below;
  }
  double sum = 0;
  for (std::int64_t i = 0; i < dims; ++i) sum += static_cast<double>(scratch[i]) * scratch[i];
  return static_cast<float>(std::sqrt(sum));
}

}  // namespace vigie

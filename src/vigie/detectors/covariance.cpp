#include "vigie/detectors/covariance.h"

#include <Eigen/Dense>
#include <algorithm>

#include "vigie/core/error.h"

namespace vigie {

namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The samples as doubles [N D] minus their mean.
RowMatrix centred(const Samples& samples, std::vector<double>& mean) {
  VIGIE_CHECK(samples.count >= 2 && samples.dims >= 1, "covariance", "{} samples of {} dimensions are too few",
              samples.count, samples.dims);
  RowMatrix x(samples.count, samples.dims);
  for (std::int64_t i = 0; i < samples.count; ++i)
    x.row(i) = Eigen::Map<const Eigen::RowVectorXf>(samples.first + i * samples.stride, samples.dims).cast<double>();
  const Eigen::RowVectorXd average = x.colwise().mean();
  x.rowwise() -= average;
  mean.assign(average.data(), average.data() + average.size());
  return x;
}

/// xᵀ·x · scale as a full symmetric matrix.
std::vector<double> scatter(const RowMatrix& x, double scale) {
  std::vector<double> out(static_cast<std::size_t>(x.cols() * x.cols()), 0.0);
  Eigen::Map<Eigen::MatrixXd> matrix(out.data(), x.cols(), x.cols());
  matrix.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(), scale);
  matrix.triangularView<Eigen::StrictlyUpper>() = matrix.transpose();
  return out;
}

}  // namespace

GaussianFit sample_gaussian(const Samples& samples) {
  GaussianFit fit;
  const RowMatrix x = centred(samples, fit.mean);
  fit.covariance = scatter(x, 1.0 / static_cast<double>(samples.count - 1));
  return fit;
}

ShrunkGaussian ledoit_wolf(const Samples& samples) {
  ShrunkGaussian fit;
  const RowMatrix x = centred(samples, fit.mean);
  const auto n = static_cast<double>(samples.count), p = static_cast<double>(samples.dims);
  fit.covariance = scatter(x, 1.0 / n);
  Eigen::Map<Eigen::MatrixXd> covariance(fit.covariance.data(), samples.dims, samples.dims);

  const double mu = covariance.trace() / p;  // the target is mu · identity
  const double distance = covariance.squaredNorm() / p - mu * mu;
  const double sum_fourth = x.rowwise().squaredNorm().array().square().sum();
  const double noise = (sum_fourth / n - covariance.squaredNorm()) / (p * n);
  if (noise > 0 && distance > 0) fit.shrinkage = std::min(noise, distance) / distance;
  covariance *= 1 - fit.shrinkage;
  covariance.diagonal().array() += fit.shrinkage * mu;
  return fit;
}

}  // namespace vigie

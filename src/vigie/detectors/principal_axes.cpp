#include "vigie/detectors/principal_axes.h"

#include <Eigen/Eigenvalues>

#include "vigie/core/error.h"

namespace vigie {

namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr double kLeastShare = 1e-9;  // of the largest variance; features are floats

RowMatrix centred(const Samples& samples, std::vector<double>& mean) {
  RowMatrix x(samples.count, samples.dims);
  for (std::int64_t i = 0; i < samples.count; ++i)
    x.row(i) = Eigen::Map<const Eigen::RowVectorXf>(samples.first + i * samples.stride, samples.dims).cast<double>();
  const Eigen::RowVectorXd average = x.colwise().mean();
  mean.assign(average.data(), average.data() + average.size());
  return x.rowwise() - average;
}

}  // namespace

PrincipalAxes principal_axes(const Samples& samples) {
  VIGIE_CHECK(samples.count >= 2 && samples.dims >= 1, "principal_axes", "{} samples of {} dimensions are too few",
              samples.count, samples.dims);
  PrincipalAxes axes;
  const RowMatrix x = centred(samples, axes.mean);
  const bool few = samples.count < samples.dims;
  const auto n = static_cast<double>(samples.count);
  const Eigen::MatrixXd products =
      few ? Eigen::MatrixXd(x * x.transpose() / n) : Eigen::MatrixXd(x.transpose() * x / n);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);  // values ascending
  const Eigen::VectorXd& values = solver.eigenvalues();
  const double least = kLeastShare * values[values.size() - 1];
  for (Eigen::Index i = values.size(); i-- > 0 && values[i] > least && axes.count() < samples.count - 1;) {
    const Eigen::VectorXd vector = solver.eigenvectors().col(i);
    const Eigen::VectorXd axis = few ? Eigen::VectorXd((x.transpose() * vector).normalized()) : vector;
    axes.variances.push_back(values[i]);
    axes.basis.insert(axes.basis.end(), axis.data(), axis.data() + axis.size());
  }
  return axes;
}

Tensor along_axes(const PrincipalAxes& axes, const Tensor& rows) {
  const auto dims = static_cast<std::int64_t>(axes.mean.size());
  VIGIE_CHECK(rows.rank() == 2 && rows.dim(1) == dims, "along_axes", "rows {} for axes of {} dimensions",
              to_string(rows.shape()), dims);
  const Eigen::Map<const FloatRows> x(rows.data<float>(), rows.dim(0), dims);
  const Eigen::Map<const RowMatrix> basis(axes.basis.data(), axes.count(), dims);
  const Eigen::Map<const Eigen::RowVectorXd> mean(axes.mean.data(), dims);
  const RowMatrix centred_rows = x.cast<double>().rowwise() - mean;
  Tensor out({rows.dim(0), axes.count()});
  Eigen::Map<FloatRows>(out.data<float>(), rows.dim(0), axes.count()) =
      (centred_rows * basis.transpose()).cast<float>();
  return out;
}

}  // namespace vigie

#include "vigie/detectors/principal_components.h"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "vigie/core/threads.h"
#include "vigie/search/matrix_product.h"

namespace vigie {

namespace {

Tensor mean_of(const Tensor& rows) {
  const std::int64_t count = rows.dim(0), dims = rows.dim(1);
  std::vector<double> sums(static_cast<std::size_t>(dims), 0.0);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t d = 0; d < dims; ++d) sums[d] += rows.data<float>()[i * dims + d];
  Tensor mean({dims});
  for (std::int64_t d = 0; d < dims; ++d)
    mean.data<float>()[d] = static_cast<float>(sums[d] / static_cast<double>(count));
  return mean;
}

/// (rows − shift)ᵀ: [D n].
Tensor shifted_transpose(const Tensor& rows, const Tensor& shift) {
  const std::int64_t count = rows.dim(0), dims = rows.dim(1);
  Tensor out({dims, count});
  parallel_for(
      dims,
      [&](std::int64_t d) {
        for (std::int64_t i = 0; i < count; ++i)
          out.data<float>()[d * count + i] = rows.data<float>()[i * dims + d] - shift.data<float>()[d];
      },
      16);
  return out;
}

/// How many of the ascending eigenvalues, from the last, reach `variance` of their sum.
std::int64_t components_needed(const Eigen::VectorXd& ascending, double variance) {
  const Eigen::VectorXd values = ascending.cwiseMax(0.0).reverse();
  double kept = 0;
  std::int64_t count = 0;
  while (count < values.size() && kept < variance * values.sum()) kept += values[count++];
  return count;
}

}  // namespace

void MomentSums::add(const Tensor& rows) {
  const std::int64_t count = rows.dim(0), dims = rows.dim(1);
  if (count_ == 0) {
    shift_ = mean_of(rows);
    sums_.assign(static_cast<std::size_t>(dims), 0.0);
    products_.assign(static_cast<std::size_t>(dims * dims), 0.0);
  }
  const Tensor columns = shifted_transpose(rows, shift_);
  for (std::int64_t d = 0; d < dims; ++d)
    for (std::int64_t i = 0; i < count; ++i) sums_[d] += columns.data<float>()[d * count + i];
  Tensor products({dims, dims});
  multiply_transposed(dims, dims, count, 1, columns.data<float>(), columns.data<float>(), 0, products.data<float>());
  std::ranges::transform(products_, products.values<float>(), products_.begin(), std::plus<>());
  count_ += count;
}

MomentSums::Components MomentSums::principal_components(double variance, std::int64_t max_components) const {
  const auto dims = static_cast<std::int64_t>(sums_.size());
  VIGIE_CHECK(count_ >= 2 && dims >= 2, "principal_components", "{} rows of {} dimensions are too few", count_, dims);
  const Eigen::Map<const Eigen::VectorXd> sums(sums_.data(), dims);
  const Eigen::Map<const Eigen::MatrixXd> products(products_.data(), dims, dims);
  const auto n = static_cast<double>(count_);
  const Eigen::VectorXd offset = sums / n;
  const Eigen::MatrixXd covariance = products / n - offset * offset.transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      covariance);  // reads the lower triangle, values ascending

  std::int64_t kept = components_needed(solver.eigenvalues(), variance);
  if (max_components > 0) kept = std::min(kept, max_components);
  kept = std::clamp<std::int64_t>(kept, 1, dims - 1);
  Components out{Tensor({dims}), Tensor({kept, dims})};
  for (std::int64_t d = 0; d < dims; ++d)
    out.mean.data<float>()[d] = static_cast<float>(shift_.data<float>()[d] + offset[d]);
  for (std::int64_t i = 0; i < kept; ++i)
    for (std::int64_t d = 0; d < dims; ++d)
      out.basis.data<float>()[i * dims + d] = static_cast<float>(solver.eigenvectors()(d, dims - 1 - i));
  return out;
}

}  // namespace vigie

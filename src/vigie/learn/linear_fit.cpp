#include "vigie/learn/linear_fit.h"

namespace vigie::learn {

namespace {

constexpr double kRidge = 1e-6;  // of the mean variance: channels that are always zero must not break the solution

torch::Tensor rows_from(const Tensor& features) {
  const std::int64_t channels = features.dim(3);
  return torch::from_blob(Tensor(features).raw(), {features.count() / channels, channels}, torch::kFloat32)
      .to(torch::kFloat64);
}

torch::Tensor with_ridge(const torch::Tensor& square) {
  const double ridge = kRidge * square.trace().item<double>() / static_cast<double>(square.size(0));
  return square + ridge * torch::eye(square.size(0), torch::kFloat64);
}

}  // namespace

void LinearFit::add(const Tensor& student, const Tensor& teacher) {
  const torch::Tensor f = rows_from(student), t = rows_from(teacher);
  VIGIE_CHECK(f.size(0) == t.size(0), "linear_fit", "{} student cells, {} of the teacher", f.size(0), t.size(0));
  const auto accumulate = [&](torch::Tensor& sum, const torch::Tensor& term) {
    sum = sum.defined() ? sum + term : term;
  };
  accumulate(products_, torch::matmul(f.t(), f));
  accumulate(targets_, torch::matmul(f.t(), t));
  accumulate(sum_, f.sum(0));
  accumulate(teacher_sum_, t.sum(0));
  rows_ += static_cast<double>(f.size(0));
}

LinearFit::Prediction LinearFit::prediction() const {
  VIGIE_CHECK(rows_ > 0, "linear_fit", "no features were given");
  const torch::Tensor covariance = products_ / rows_ - torch::outer(sum_, sum_) / (rows_ * rows_);
  const torch::Tensor cross = targets_ / rows_ - torch::outer(sum_, teacher_sum_) / (rows_ * rows_);
  const torch::Tensor weight = at::linalg_solve(with_ridge(covariance), cross).t();
  return {weight, (teacher_sum_ - torch::mv(weight, sum_)) / rows_};
}

Tensor LinearFit::metric() const {
  const torch::Tensor weight = prediction().weight;
  const torch::Tensor factor = at::linalg_cholesky(with_ridge(torch::matmul(weight.t(), weight)));
  const std::int64_t channels = factor.size(0);
  return tensor_from_torch(factor.t().contiguous()).reshaped({channels, channels, 1, 1});
}

}  // namespace vigie::learn

#include "vigie/search/sketch.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/threads.h"
#include "vigie/search/leading_basis.h"
#include "vigie/search/matrix_product.h"
#include "vigie/search/sum_of_squares.h"

namespace vigie {

namespace {

constexpr double kUnit = 0x1.0p-24;
constexpr std::int64_t kSlice = 128;  // columns summed in one product: short sums, small rounding errors
constexpr std::int64_t kSample = 2048;
constexpr double kStructured = 0.5;  // share of the variance that the leading directions must hold

std::vector<float> mean_of(const Tensor& rows) {
  const std::int64_t count = rows.dim(0), dims = rows.dim(1);
  std::vector<float> mean(static_cast<std::size_t>(dims));
  constexpr std::int64_t kColumns = 64;
  parallel_for((dims + kColumns - 1) / kColumns, [&](std::int64_t block) {
    const std::int64_t begin = block * kColumns, width = std::min(kColumns, dims - begin);
    double sums[kColumns] = {};
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t d = 0; d < width; ++d) sums[d] += rows.data<float>()[i * dims + begin + d];
    for (std::int64_t d = 0; d < width; ++d) mean[begin + d] = static_cast<float>(sums[d] / static_cast<double>(count));
  });
  return mean;
}

double largest_norm(const Tensor& rows, const std::vector<float>& mean) {
  const std::int64_t dims = rows.dim(1);
  std::vector<double> squared(static_cast<std::size_t>(rows.dim(0)));
  parallel_for(
      rows.dim(0),
      [&](std::int64_t i) {
        const float* row = rows.data<float>() + i * dims;
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t d = 0; d < dims; ++d) {
          const double x = static_cast<double>(row[d]) - mean[d];
          sum += x * x;
        }
        squared[i] = sum;
      },
      256);
  return std::sqrt(*std::max_element(squared.begin(), squared.end()));
}

/// Every n-th row, so that at most kSample remain.
Tensor sample_of(const Tensor& bank) {
  const std::int64_t count = std::min(kSample, bank.dim(0)), dims = bank.dim(1);
  Tensor out({count, dims});
  for (std::int64_t i = 0; i < count; ++i)
    std::copy_n(bank.data<float>() + i * bank.dim(0) / count * dims, dims, out.data<float>() + i * dims);
  return out;
}

}  // namespace

Sketch Sketch::centred(const Tensor& bank) {
  Sketch sketch;
  sketch.mean_ = mean_of(bank);
  const double largest = largest_norm(bank, sketch.mean_);
  if (largest > 0) sketch.scale_ = std::ldexp(1.0, -std::clamp(std::ilogb(largest), -120, 120));
  return sketch;
}

std::optional<Sketch> Sketch::projected(const Tensor& bank, std::int64_t directions) const {
  const Tensor sample = sample_of(bank);
  Tensor centred_sample(sample.shape());
  centre(sample.data<float>(), sample.dim(0), 0, sample.dim(1), centred_sample.data<float>());
  const Tensor basis = leading_basis(centred_sample, directions);
  if (basis.dim(0) == 0) return std::nullopt;
  Tensor along({sample.dim(0), basis.dim(0)});
  multiply_transposed(sample.dim(0), basis.dim(0), sample.dim(1), 1, centred_sample.data<float>(), basis.data<float>(),
                      0, along.data<float>());
  const double held = sum_of_squares(along.data<float>(), along.count());
  if (!(held >= kStructured * sum_of_squares(centred_sample.data<float>(), centred_sample.count())))
    return std::nullopt;
  Sketch sketch = *this;
  sketch.set_basis(basis);
  return sketch;
}

void Sketch::set_basis(const Tensor& basis) {
  directions_ = basis.dim(0);
  // The singular values of B lie within the defect of 1, so its polar factor Q is that near.
  defect_ = orthonormality_defect(basis);
  const std::int64_t dims = basis.dim(1);
  for (std::int64_t first = 0; first < dims; first += kSlice)
    for (std::int64_t i = 0; i < directions_; ++i) {
      const float* row = basis.data<float>() + i * dims;
      basis_.insert(basis_.end(), row + first, row + std::min(first + kSlice, dims));
    }
}

/// Columns first … first + width of scale · (rows − mean) -> out [count width].
void Sketch::centre(const float* rows, std::int64_t count, std::int64_t first, std::int64_t width, float* out) const {
  const auto dims = static_cast<std::int64_t>(mean_.size());
  const auto scale = static_cast<float>(scale_);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t d = 0; d < width; ++d)
      out[i * width + d] = scale * (rows[i * dims + first + d] - mean_[first + d]);
}

/// out [count directions], squared[i] = ‖centred row i‖².
void Sketch::project(const float* rows, std::int64_t count, float* out, std::vector<double>& squared) const {
  const auto dims = static_cast<std::int64_t>(mean_.size());
  std::vector<float> slice(static_cast<std::size_t>(count * std::min(kSlice, dims)));
  for (std::int64_t first = 0; first < dims; first += kSlice) {
    const std::int64_t width = std::min(kSlice, dims - first);
    centre(rows, count, first, width, slice.data());
    for (std::int64_t i = 0; i < count; ++i) squared[i] += sum_of_squares(slice.data() + i * width, width);
    multiply_transposed(count, directions_, width, 1, slice.data(), basis_.data() + first * directions_,
                        first == 0 ? 0 : 1, out);
  }
}

void Sketch::apply(const float* rows, std::int64_t count, float* out, float* errors) const {
  const auto dims = static_cast<std::int64_t>(mean_.size());
  constexpr double kTiny = 1e-30;  // what vanished below the smallest float, next to rows near 1
  if (basis_.empty()) {
    centre(rows, count, 0, dims, out);
    for (std::int64_t i = 0; i < count; ++i)
      errors[i] = static_cast<float>(2 * kUnit * std::sqrt(sum_of_squares(out + i * dims, dims)) + kTiny);
    return;
  }
  std::vector<float> along(static_cast<std::size_t>(count * directions_));
  std::vector<double> squared(static_cast<std::size_t>(count));
  project(rows, count, along.data(), squared);
  // A sum of n products errs by at most n·u·|x||y| in any order (Higham 2002, ch. 3); here for every direction.
  const auto slices = static_cast<double>((dims + kSlice - 1) / kSlice);
  const double relative =
      1.01 * (defect_ + (kSlice + slices + 8) * kUnit * std::sqrt(static_cast<double>(directions_)));
  for (std::int64_t i = 0; i < count; ++i) {
    const float* y = along.data() + i * directions_;
    std::copy_n(y, directions_, out + i * (directions_ + 1));
    const double error = relative * std::sqrt(squared[i]);
    const double rest_squared = std::max(0.0, squared[i] - sum_of_squares(y, directions_));
    const double rest = std::sqrt(rest_squared);
    out[i * (directions_ + 1) + directions_] = static_cast<float>(rest);
    // |t̂ − t| (t̂ + t) = |t̂² − t²| <= doubt, so |t̂ − t| <= doubt / t̂ and <= √doubt.
    const double doubt = 2.01 * error * std::sqrt(squared[i]) + error * error + 8 * kUnit * squared[i];
    const double rest_error = doubt == 0 ? 0 : doubt / std::max(rest, std::sqrt(doubt)) + kUnit * rest;
    errors[i] = static_cast<float>(1.001 * std::hypot(error, rest_error) + kTiny);
  }
}

}  // namespace vigie

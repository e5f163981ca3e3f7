#include "vigie/search/coarse_rows.h"

#include <dnnl.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "vigie/core/error.h"
#include "vigie/core/precision.h"
#include "vigie/core/threads.h"
#include "vigie/search/distance.h"
#include "vigie/search/one_thread.h"

namespace vigie {

namespace {

constexpr std::int64_t kMostInt8Dims = 16384;  // sums of products stay below 2³¹
constexpr float kLargestInt8 = 127;
constexpr float kSmallest = 1e-15F;  // a shorter image rounds to zeros: the inverse of its scale would overflow
constexpr std::int64_t kChunk = 32;
constexpr std::int64_t kCentreSample = 4096;

template <typename Product>
inline bool may_meet(Product product, const Ball& a, float inverse, float power, float reach) {
  const float limit = 0.5F * (a.inverse * power + a.power * inverse) - a.reach * reach;
  return static_cast<float>(product) >= limit;
}

template <typename Product>
std::int64_t first_meeting(const Product* products, const Ball& ball, const Balls& balls, std::int64_t begin,
                           std::int64_t end) {
  const float *inverse = balls.inverse.data(), *power = balls.power.data(), *reach = balls.reach.data();
  for (; begin < end; begin += kChunk) {
    const std::int64_t stop = std::min(begin + kChunk, end);
    int any = 0;
#pragma omp simd reduction(| : any)
    for (std::int64_t i = begin; i < stop; ++i) any |= may_meet(products[i], ball, inverse[i], power[i], reach[i]);
    for (std::int64_t i = begin; any != 0 && i < stop; ++i)
      if (may_meet(products[i], ball, inverse[i], power[i], reach[i])) return i;
  }
  return end;
}

/// Any point serves as centre; one amid the rows makes the images short and their rounding fine.
std::vector<float> mean_of_some(const float* rows, std::int64_t count, std::int64_t dims) {
  const std::int64_t step = (count + kCentreSample - 1) / kCentreSample, taken = (count + step - 1) / step;
  std::vector<double> sums(static_cast<std::size_t>(dims));
  for (std::int64_t i = 0; i < count; i += step)
    for (std::int64_t d = 0; d < dims; ++d) sums[d] += rows[i * dims + d];
  std::vector<float> mean(sums.size());
  for (std::size_t d = 0; d < sums.size(); ++d) mean[d] = static_cast<float>(sums[d] / static_cast<double>(taken));
  return mean;
}

/// The test compares sums of up to five roundings, and the product of floats rounds too: less than a squared error of
/// (2⁻²⁰ + D·2⁻²⁵) · (|x̂| + |ŷ| + radii)². An extra radius of `slack` · |x̂| on each side covers both.
double slack_of(CoarseFormat format, std::int64_t dims) {
  const double product = format == CoarseFormat::F32 ? static_cast<double>(dims) * 0x1p-24 : 0;
  return std::sqrt(0x1p-18 + product);
}

}  // namespace

CoarseFormat fastest_coarse_format(std::int64_t dims) {
  return runs_here(Precision::Int8) && dims <= kMostInt8Dims ? CoarseFormat::Int8 : CoarseFormat::F32;
}

void Balls::resize(std::size_t count) {
  inverse.resize(count);
  power.resize(count);
  reach.resize(count);
}

void Balls::push_back(const Ball& ball) {
  inverse.push_back(ball.inverse);
  power.push_back(ball.power);
  reach.push_back(ball.reach);
}

void Balls::set(std::size_t i, const Ball& ball) {
  inverse[i] = ball.inverse;
  power[i] = ball.power;
  reach[i] = ball.reach;
}

std::int64_t CoarseProducts::next_meeting(std::int64_t first, const Ball& ball, const Balls& balls, std::int64_t begin,
                                          std::int64_t end) const {
  return f32.empty() ? first_meeting(int8.data() + first, ball, balls, begin, end)
                     : first_meeting(f32.data() + first, ball, balls, begin, end);
}

CoarseRows::CoarseRows(const Tensor& rows, float farthest, CoarseFormat format)
    : rows_(rows.data<float>()),
      dims_(rows.dim(1)),
      format_(format),
      centre_(mean_of_some(rows_, rows.dim(0), dims_)),
      unit_(std::ldexp(1.0F, -std::ilogb(std::sqrt(farthest)))),
      slack_(slack_of(format, dims_)),
      scale_(static_cast<std::size_t>(rows.dim(0)), 1.0F),
      norm_(scale_.size()),
      error_(scale_.size()) {
  if (format == CoarseFormat::Int8) rounded_.resize(static_cast<std::size_t>(rows.count()));
  constexpr std::int64_t kBlock = 512;
  parallel_for((rows.dim(0) + kBlock - 1) / kBlock, [&](std::int64_t block) {
    std::vector<float> buffer(static_cast<std::size_t>(dims_));
    const std::int64_t end = std::min((block + 1) * kBlock, rows.dim(0));
    for (std::int64_t i = block * kBlock; i < end; ++i) round_row(i, buffer.data());
  });
}

void CoarseRows::image(std::int64_t row, float* out) const {
  const float* x = rows_ + row * dims_;
  for (std::int64_t d = 0; d < dims_; ++d) out[d] = (x[d] - centre_[d]) * unit_;
}

void CoarseRows::round_row(std::int64_t row, float* y) {
  image(row, y);
  if (format_ == CoarseFormat::F32) {
    norm_[row] = static_cast<float>(std::sqrt(squared_norm(y, dims_)));
    error_[row] = static_cast<float>(slack_ * norm_[row]);
    return;
  }
  float largest = 0;
#pragma omp simd reduction(max : largest)
  for (std::int64_t d = 0; d < dims_; ++d) largest = std::max(largest, std::abs(y[d]));
  const float scale = largest > kSmallest ? largest / kLargestInt8 : 1.0F, inverse = 1 / scale;
  std::int8_t* q = rounded_.data() + row * dims_;
  float squared_error = 0;
  std::int32_t squared = 0;
#pragma omp simd reduction(+ : squared_error, squared)
  for (std::int64_t d = 0; d < dims_; ++d) {
    const float whole = std::nearbyint(y[d] * inverse), left = y[d] * inverse - whole;
    const auto integer = static_cast<std::int32_t>(whole);
    q[d] = static_cast<std::int8_t>(integer);
    squared += integer * integer;
    squared_error += left * left;
  }
  scale_[row] = scale;
  norm_[row] = scale * std::sqrt(static_cast<float>(squared));
  error_[row] = scale * std::sqrt(squared_error) + static_cast<float>(slack_) * norm_[row];
}

/// A rounded squared_distance() below s stands for a true one below s · (1 + 2⁻¹⁶) + D·FLT_MIN (see its error bound).
Ball CoarseRows::ball(std::int64_t row, float squared) const {
  const double within = squared > 0 ? std::sqrt(squared + static_cast<double>(dims_) * FLT_MIN) * (1 + 0x1p-14) : 0;
  const double radius = within * unit_ + error_[row], norm = norm_[row], inverse = 1.0 / scale_[row];
  return {static_cast<float>(inverse), static_cast<float>((norm - radius) * (norm + radius) * inverse),
          static_cast<float>(radius * inverse)};
}

void CoarseRows::resize(CoarsePanel& panel, std::int64_t count) const {
  const auto size = static_cast<std::size_t>(count * dims_);
  format_ == CoarseFormat::Int8 ? panel.int8.resize(size) : panel.f32.resize(size);
}

void CoarseRows::resize(CoarseProducts& products, std::int64_t count) const {
  const auto size = static_cast<std::size_t>(count);
  format_ == CoarseFormat::Int8 ? products.int8.resize(size) : products.f32.resize(size);
}

void CoarseRows::put(std::int64_t row, CoarsePanel& panel, std::int64_t place) const {
  if (format_ == CoarseFormat::Int8)
    std::copy_n(rounded_.data() + row * dims_, dims_, panel.int8.data() + place * dims_);
  else
    image(row, panel.f32.data() + place * dims_);
}

void CoarseRows::move(CoarsePanel& panel, std::int64_t from, std::int64_t to) const {
  if (format_ == CoarseFormat::Int8)
    std::copy_n(panel.int8.data() + from * dims_, dims_, panel.int8.data() + to * dims_);
  else
    std::copy_n(panel.f32.data() + from * dims_, dims_, panel.f32.data() + to * dims_);
}

void CoarseRows::multiply(const CoarsePanel& left, std::int64_t left_first, std::int64_t a, const CoarsePanel& right,
                          std::int64_t right_first, std::int64_t b, CoarseProducts& products,
                          std::int64_t first) const {
  const OneThread guard;
  const std::int64_t l = left_first * dims_, r = right_first * dims_;
  const std::int32_t no_offset = 0;
  const dnnl_status_t status =
      format_ == CoarseFormat::Int8
          ? dnnl_gemm_s8s8s32('N', 'T', 'F', a, b, dims_, 1, left.int8.data() + l, dims_, 0, right.int8.data() + r,
                              dims_, 0, 0, products.int8.data() + first, b, &no_offset)
          : dnnl_sgemm('N', 'T', a, b, dims_, 1, left.f32.data() + l, dims_, right.f32.data() + r, dims_, 0,
                       products.f32.data() + first, b);
  if (status != dnnl_success)
    fail(ErrorKind::Internal, "multiply", "oneDNN refused a product {} x {} x {} (status {})", a, b, dims_,
         static_cast<int>(status));
}

}  // namespace vigie

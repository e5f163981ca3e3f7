#include "vigie/detectors/reconstruction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "vigie/core/threads.h"

namespace vigie {

namespace {

constexpr std::int64_t kRadius = 5;
constexpr std::int64_t kTaps = 2 * kRadius + 1;
constexpr std::int64_t kRowsPerTask = 8;
constexpr float kC1 = 0.01F * 0.01F;
constexpr float kC2 = 0.03F * 0.03F;
// Sums are of values less this: variances are small differences of squares, which should be small themselves.
constexpr float kMiddle = 0.5F;

using Window = std::array<float, kTaps>;

Window gaussian_window() {
  constexpr double sigma = 1.5;
  Window window;
  double sum = 0;
  for (std::int64_t k = -kRadius; k <= kRadius; ++k) sum += std::exp(-static_cast<double>(k * k) / (2 * sigma * sigma));
  for (std::int64_t k = -kRadius; k <= kRadius; ++k)
    window[static_cast<std::size_t>(k + kRadius)] =
        static_cast<float>(std::exp(-static_cast<double>(k * k) / (2 * sigma * sigma)) / sum);
  return window;
}

/// 1 / the sum of the window's weights that fall inside, for each of `count` positions.
std::vector<float> border_scales(const Window& window, std::int64_t count) {
  std::vector<float> scales;
  for (std::int64_t i = 0; i < count; ++i) {
    float sum = 0;
    for (std::int64_t k = -kRadius; k <= kRadius; ++k)
      if (i + k >= 0 && i + k < count) sum += window[static_cast<std::size_t>(k + kRadius)];
    scales.push_back(1 / sum);
  }
  return scales;
}

/// The four local averages that SSIM needs of one row, values interleaved as in the image.
struct RowSums {
  std::vector<float> x, y, squares, product;  ///< of x, y, x² + y², x·y, all less kMiddle

  void resize(std::size_t count) {
    for (std::vector<float>* field : {&x, &y, &squares, &product}) field->assign(count, 0);
  }
};

/// One image at a time: its two tensors, and what all rows share.
class ErrorMap {
 public:
  ErrorMap(const Tensor& image, const Tensor& reconstruction, double ssim_weight)
      : image_(image.data<float>()),
        reconstruction_(reconstruction.data<float>()),
        height_(image.dim(0)),
        width_(image.dim(1)),
        channels_(image.dim(2)),
        weight_(static_cast<float>(ssim_weight)),
        window_(gaussian_window()),
        row_scales_(border_scales(window_, height_)),
        column_scales_(border_scales(window_, width_)) {}

  void fill_row(std::int64_t y, float* target) const {
    thread_local RowSums columns, sums;
    sum_columns(y, columns);
    sum_along(columns.x, sums.x);
    sum_along(columns.y, sums.y);
    sum_along(columns.squares, sums.squares);
    sum_along(columns.product, sums.product);
    const std::int64_t row = y * width_ * channels_;
    for (std::int64_t x = 0; x < width_; ++x) {
      float total = 0;
      for (std::int64_t i = x * channels_; i < (x + 1) * channels_; ++i) {
        const float difference = image_[row + i] - reconstruction_[row + i];
        total += difference * difference + weight_ * (1 - ssim(sums, i, row_scales_[y] * column_scales_[x]));
      }
      target[x] = std::max(0.0F, total / static_cast<float>(channels_));
    }
  }

 private:
  /// Sums down the columns around row y, with kRadius pixels of nothing at both ends of the row.
  void sum_columns(std::int64_t y, RowSums& out) const {
    const std::int64_t length = width_ * channels_, margin = kRadius * channels_;
    out.resize(static_cast<std::size_t>(length + 2 * margin));
    float* const x_sum = out.x.data() + margin;
    float* const y_sum = out.y.data() + margin;
    float* const squares = out.squares.data() + margin;
    float* const product = out.product.data() + margin;
    for (std::int64_t source = std::max<std::int64_t>(0, y - kRadius); source <= std::min(height_ - 1, y + kRadius);
         ++source) {
      const float weight = window_[static_cast<std::size_t>(source - y + kRadius)];
      const float* const a = image_ + source * length;
      const float* const b = reconstruction_ + source * length;
#pragma GCC ivdep
      for (std::int64_t i = 0; i < length; ++i) {
        const float p = a[i] - kMiddle, q = b[i] - kMiddle;
        x_sum[i] += weight * p;
        y_sum[i] += weight * q;
        squares[i] += weight * (p * p + q * q);
        product[i] += weight * (p * q);
      }
    }
  }

  void sum_along(const std::vector<float>& padded, std::vector<float>& out) const {
    const std::int64_t length = width_ * channels_;
    out.resize(static_cast<std::size_t>(length));
    const float* const in = padded.data();
    float* const sums = out.data();
    const Window window = window_;
    const std::int64_t step = channels_;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < length; ++i) {
      float sum = 0;
#pragma GCC unroll 11
      for (std::int64_t k = 0; k < kTaps; ++k) sum += window[static_cast<std::size_t>(k)] * in[i + k * step];
      sums[i] = sum;
    }
  }

  static float ssim(const RowSums& sums, std::int64_t i, float scale) {
    const float p = sums.x[i] * scale, q = sums.y[i] * scale;
    const float covariance = sums.product[i] * scale - p * q;
    const float variances = sums.squares[i] * scale - (p * p + q * q);
    const float x = p + kMiddle, y = q + kMiddle;
    return (2 * x * y + kC1) * (2 * covariance + kC2) / ((x * x + y * y + kC1) * (std::max(0.0F, variances) + kC2));
  }

  const float* image_;
  const float* reconstruction_;
  std::int64_t height_, width_, channels_;
  float weight_;
  Window window_;
  std::vector<float> row_scales_, column_scales_;
};

}  // namespace

Tensor reconstruction_error(const Tensor& image, const Tensor& reconstruction, double ssim_weight) {
  VIGIE_CHECK(image.rank() == 3 && image.shape() == reconstruction.shape() && !image.empty(), "reconstruction",
              "an image and its reconstruction must have the same shape [H W C], got {} and {}",
              to_string(image.shape()), to_string(reconstruction.shape()));
  const ErrorMap error(image, reconstruction, ssim_weight);
  Tensor map({image.dim(0), image.dim(1)});
  float* const target = map.data<float>();
  const std::int64_t width = image.dim(1);
  parallel_for(
      image.dim(0), [&](std::int64_t y) { error.fill_row(y, target + y * width); }, kRowsPerTask);
  return map;
}

}  // namespace vigie

#include "vigie/detectors/gradient_similarity.h"

#include <algorithm>
#include <cmath>

#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

constexpr const char* kWhere = "gradient_similarity";

Tensor grey(const float* image, std::int64_t height, std::int64_t width, std::int64_t channels) {
  Tensor out({height, width});
  float* to = out.data<float>();
  const float share = 1.0F / static_cast<float>(channels);
  for (std::int64_t i = 0; i < height * width; ++i) {
    float sum = 0;
    for (std::int64_t c = 0; c < channels; ++c) sum += image[i * channels + c];
    to[i] = share * sum;
  }
  return out;
}

Tensor halved(const Tensor& map) {
  const std::int64_t height = map.dim(0) / 2, width = map.dim(1) / 2, stride = map.dim(1);
  Tensor out({height, width});
  for (std::int64_t y = 0; y < height; ++y) {
    const float* upper = map.data<float>() + 2 * y * stride;
    const float* lower = upper + stride;
    float* to = out.data<float>() + y * width;
    for (std::int64_t x = 0; x < width; ++x)
      to[x] = 0.25F * (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]);
  }
  return out;
}

/// Prewitt's filters are separable: sums of columns and differences of rows first, each with one pixel at either end.
Tensor magnitudes(const Tensor& map) {
  const std::int64_t height = map.dim(0), width = map.dim(1);
  Tensor out({height, width});
  std::vector<float> sums(static_cast<std::size_t>(width) + 2), steps(sums.size());
  for (std::int64_t y = 0; y < height; ++y) {
    const float* middle = map.data<float>() + y * width;
    const float* above = y > 0 ? middle - width : middle;
    const float* below = y + 1 < height ? middle + width : middle;
    for (std::int64_t x = 0; x < width; ++x) {
      sums[static_cast<std::size_t>(x) + 1] = above[x] + middle[x] + below[x];
      steps[static_cast<std::size_t>(x) + 1] = below[x] - above[x];
    }
    for (std::vector<float>* row : {&sums, &steps}) {
      row->front() = (*row)[1];
      row->back() = (*row)[static_cast<std::size_t>(width)];
    }
    float* to = out.data<float>() + y * width;
    for (std::int64_t x = 0; x < width; ++x) {
      const auto i = static_cast<std::size_t>(x);
      const float across = sums[i + 2] - sums[i], down = steps[i] + steps[i + 1] + steps[i + 2];
      to[x] = std::sqrt(across * across + down * down) / 3;
    }
  }
  return out;
}

/// Adds the similarities of one scale to `sum`.
void add_similarity(const Tensor& image, const Tensor& reconstruction, float c, Tensor& sum) {
  const float* g = image.data<float>();
  const float* r = reconstruction.data<float>();
  float* to = sum.data<float>();
  for (std::int64_t i = 0; i < sum.count(); ++i) to[i] += (2 * g[i] * r[i] + c) / (g[i] * g[i] + r[i] * r[i] + c);
}

/// Means over the part of [i - radius, i + radius] that lies in the line, for `count` lines side by side whose values
/// are `step` apart.
void filter_lines(const float* from, float* to, std::int64_t length, std::int64_t step, std::int64_t count,
                  std::int64_t radius) {
  std::vector<double> sums(static_cast<std::size_t>(count), 0.0);
  const auto add = [&](std::int64_t i, double sign) {
    for (std::int64_t k = 0; k < count; ++k) sums[static_cast<std::size_t>(k)] += sign * from[i * step + k];
  };
  for (std::int64_t i = 0; i < std::min(radius, length); ++i) add(i, 1);
  for (std::int64_t i = 0; i < length; ++i) {
    if (i + radius < length) add(i + radius, 1);
    if (i - radius - 1 >= 0) add(i - radius - 1, -1);
    const std::int64_t inside = std::min(i + radius, length - 1) - std::max<std::int64_t>(i - radius, 0) + 1;
    for (std::int64_t k = 0; k < count; ++k)
      to[i * step + k] = static_cast<float>(sums[static_cast<std::size_t>(k)] / static_cast<double>(inside));
  }
}

}  // namespace

GradientPyramid gradient_pyramid(const float* image, std::int64_t height, std::int64_t width, std::int64_t channels,
                                 std::int64_t scales) {
  VIGIE_CHECK(scales >= 1 && channels >= 1 && std::min(height, width) >> (scales - 1) >= 1, kWhere,
              "an image of {}x{} pixels cannot be halved {} times", height, width, scales - 1);
  GradientPyramid pyramid;
  Tensor map = grey(image, height, width, channels);
  for (std::int64_t s = 0; s < scales; ++s) {
    if (s > 0) map = halved(map);
    pyramid.push_back(magnitudes(map));
  }
  return pyramid;
}

Tensor gradient_similarity(const GradientPyramid& image, std::span<const GradientPyramid> reconstructions, double c) {
  VIGIE_CHECK(!image.empty() && !reconstructions.empty(), kWhere, "nothing to compare");
  const std::int64_t height = image[0].dim(0), width = image[0].dim(1);
  const auto share = static_cast<float>(1.0 / static_cast<double>(image.size() * reconstructions.size()));
  Tensor mean = Tensor::zeros({height, width});
  for (std::size_t s = 0; s < image.size(); ++s) {
    // Enlarging is linear: the mean over reconstructions is enlarged once.
    Tensor sum = Tensor::zeros(image[s].shape());
    for (const GradientPyramid& reconstruction : reconstructions) {
      VIGIE_CHECK(reconstruction.size() == image.size() && reconstruction[s].shape() == sum.shape(), kWhere,
                  "the reconstruction differs from the image in size or number of scales");
      add_similarity(image[s], reconstruction[s], static_cast<float>(c), sum);
    }
    const Tensor full = s == 0 ? sum : resize_bilinear(sum, height, width);
    for (std::int64_t i = 0; i < mean.count(); ++i) mean.data<float>()[i] += share * full.data<float>()[i];
  }
  return mean;
}

Tensor mean_filter(const Tensor& map, std::int64_t side) {
  VIGIE_CHECK(map.rank() == 2 && side >= 1 && side % 2 == 1, "mean_filter",
              "a map [H W] and an odd side are wanted, got {} and {}", to_string(map.shape()), side);
  const std::int64_t height = map.dim(0), width = map.dim(1), radius = side / 2;
  Tensor rows(map.shape()), out(map.shape());
  for (std::int64_t y = 0; y < height; ++y)
    filter_lines(map.data<float>() + y * width, rows.data<float>() + y * width, width, 1, 1, radius);
  filter_lines(rows.data<float>(), out.data<float>(), height, width, width, radius);
  return out;
}

}  // namespace vigie

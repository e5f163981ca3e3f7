#include "vigie/detectors/feature_pyramid.h"

#include <algorithm>

#include "vigie/imaging/resize.h"

namespace vigie {

std::int64_t total_channels(const FeatureLayout& layout) {
  std::int64_t total = 0;
  for (const LayerShape& shape : layout) total += shape.channels;
  return total;
}

void concatenate_layers(const Features& layers, std::int64_t b, float* out) {
  const std::int64_t height = layers.front().dim(1), width = layers.front().dim(2);
  std::int64_t dims = 0;
  for (const Tensor& layer : layers) dims += layer.dim(3);
  for (const Tensor& layer : layers) {
    const std::int64_t channels = layer.dim(3);
    Tensor grid = layer.rows(b, b + 1).reshaped({layer.dim(1), layer.dim(2), channels});
    if (grid.dim(0) != height || grid.dim(1) != width) grid = resize_bilinear(grid, height, width);
    const float* from = std::as_const(grid).data<float>();
    for (std::int64_t p = 0; p < height * width; ++p) std::copy_n(from + p * channels, channels, out + p * dims);
    out += channels;
  }
}

}  // namespace vigie

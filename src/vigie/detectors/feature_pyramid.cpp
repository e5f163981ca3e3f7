#include "vigie/detectors/feature_pyramid.h"

#include <algorithm>

#include "vigie/core/threads.h"

namespace vigie {

std::int64_t total_channels(const FeatureLayout& layout) {
  std::int64_t total = 0;
  for (const LayerShape& shape : layout) total += shape.channels;
  return total;
}

LayerOnGrid::LayerOnGrid(Tensor layer, std::int64_t height, std::int64_t width)
    : layer_(std::move(layer)), rows_(layer_.dim(1), height), columns_(layer_.dim(2), width) {}

void LayerOnGrid::write_row(std::int64_t b, std::int64_t y, float* out, std::int64_t stride) const {
  const std::int64_t height = layer_.dim(1), width = layer_.dim(2), channels = layer_.dim(3), length = width * channels;
  const float* image = layer_.data<float>() + b * height * length;
  const auto at = static_cast<std::size_t>(y);
  const float* low = image + rows_.low[at] * length;
  thread_local std::vector<float> mixed;
  if (rows_.size() != height) {
    mixed.resize(static_cast<std::size_t>(length));
    mix(low, image + rows_.high[at] * length, rows_.share[at], mixed.data(), length);
    low = mixed.data();
  }
  for (std::size_t x = 0; x < columns_.low.size(); ++x, out += stride) {
    if (columns_.size() == width)
      std::copy_n(low + static_cast<std::int64_t>(x) * channels, channels, out);
    else
      mix(low + columns_.low[x] * channels, low + columns_.high[x] * channels, columns_.share[x], out, channels);
  }
}

void concatenate_layers(const Features& layers, std::int64_t b, float* out) {
  const std::int64_t height = layers.front().dim(1), width = layers.front().dim(2);
  std::vector<LayerOnGrid> grids;
  std::int64_t dims = 0;
  for (const Tensor& layer : layers) {
    grids.emplace_back(layer, height, width);
    dims += layer.dim(3);
  }
  parallel_for(height, [&](std::int64_t y) {
    float* to = out + y * width * dims;
    for (const LayerOnGrid& grid : grids) {
      grid.write_row(b, y, to, dims);
      to += grid.channels();
    }
  });
}

}  // namespace vigie

#include "vigie/detectors/patch_embedding.h"

#include <optional>

#include "vigie/core/threads.h"
#include "vigie/detectors/feature_pyramid.h"
#include "vigie/detectors/patch_mean.h"

namespace vigie {

namespace {

/// Layers whose patches are averaged already, or, on the first layer's grid, will be while they are written: there the
/// mean needs no tensor of its own.
struct PooledLayer {
  Tensor layer;
  std::int64_t patch_size;  ///< still to be averaged over
  LayerOnGrid grid;

  void write_row(std::int64_t b, std::int64_t y, float* out, std::int64_t stride) const {
    if (patch_size > 1)
      average_patches_of_row(layer, patch_size, b, y, out, stride);
    else
      grid.write_row(b, y, out, stride);
  }
};

std::vector<PooledLayer> pooled_layers(const Features& features, const PatchEmbedding& embedding) {
  const std::int64_t height = features.front().dim(1), width = features.front().dim(2);
  std::vector<PooledLayer> pooled;
  for (const Tensor& layer : features) {
    const bool on_grid = layer.dim(1) == height && layer.dim(2) == width;
    const bool later = on_grid && !embedding.adaptive;
    const Tensor now = embedding.adaptive ? unfold_into_bins(layer, embedding.patch_size, embedding.preprocess_dim)
                       : later            ? layer
                                          : average_patches(layer, embedding.patch_size);
    pooled.push_back({now, later ? embedding.patch_size : 1, LayerOnGrid(now, height, width)});
  }
  return pooled;
}

}  // namespace

std::int64_t PatchEmbedding::dims(const FeatureLayout& layout) const {
  return adaptive ? target_dim : total_channels(layout);
}

Tensor PatchEmbedding::embed(const Features& features) const {
  const std::vector<PooledLayer> layers = pooled_layers(features, *this);
  std::int64_t concatenated = 0;
  for (const PooledLayer& layer : layers) concatenated += layer.layer.dim(3);
  const std::int64_t batch = features.front().dim(0), height = features.front().dim(1), width = features.front().dim(2);
  const std::optional<PoolingBins> bins =
      adaptive ? std::optional(PoolingBins(concatenated, target_dim)) : std::nullopt;
  const std::int64_t dims = adaptive ? target_dim : concatenated;
  Tensor out({batch, height, width, dims});
  float* target = out.data<float>();
  parallel_for(batch * height, [&](std::int64_t row) {
    thread_local std::vector<float> before_bins;
    if (bins) before_bins.resize(static_cast<std::size_t>(width * concatenated));
    float* const side_by_side = bins ? before_bins.data() : target + row * width * dims;
    float* to = side_by_side;
    for (const PooledLayer& layer : layers) {
      layer.write_row(row / height, row % height, to, concatenated);
      to += layer.layer.dim(3);
    }
    for (std::int64_t x = 0; bins && x < width; ++x)
      bins->pool(side_by_side + x * concatenated, target + (row * width + x) * dims);
  });
  return out;
}

}  // namespace vigie

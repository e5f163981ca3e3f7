#include "vigie/detectors/patch_embedding.h"

#include <algorithm>

#include "vigie/core/threads.h"
#include "vigie/detectors/feature_pyramid.h"

namespace vigie {

namespace {

/// Averages `in` values into `out` bins; bin i covers [⌊i·in/out⌋, ⌈(i+1)·in/out⌉), so that bins may overlap (adaptive
/// pooling).
void pool_into_bins(const float* values, std::int64_t in, float* bins, std::int64_t out) {
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t begin = i * in / out, end = ((i + 1) * in + out - 1) / out;
    float sum = 0;
    for (std::int64_t j = begin; j < end; ++j) sum += values[j];
    bins[i] = sum / static_cast<float>(end - begin);
  }
}

/// Calls visit(ky, kx, cell) for the cells of the patch around (y, x) that lie inside the grid.
template <typename Visit>
void for_each_cell(const Tensor& layer, std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t size,
                   Visit visit) {
  const std::int64_t height = layer.dim(1), width = layer.dim(2), channels = layer.dim(3), radius = size / 2;
  const float* image = layer.data<float>() + b * height * width * channels;
  for (std::int64_t ky = 0; ky < size; ++ky) {
    for (std::int64_t kx = 0; kx < size; ++kx) {
      const std::int64_t cy = y + ky - radius, cx = x + kx - radius;
      if (cy >= 0 && cy < height && cx >= 0 && cx < width) visit(ky, kx, image + (cy * width + cx) * channels);
    }
  }
}

/// [B h w C] -> [B h w C]: mean over the patch around each cell, zeros beyond the border counted.
Tensor average_patches(const Tensor& layer, std::int64_t size) {
  if (size == 1) return layer;
  Tensor out = Tensor::zeros(layer.shape());
  const std::int64_t height = layer.dim(1), width = layer.dim(2), channels = layer.dim(3);
  const float weight = 1.0F / static_cast<float>(size * size);
  parallel_for(layer.dim(0) * height, [&](std::int64_t row) {
    for (std::int64_t x = 0; x < width; ++x) {
      float* to = out.data<float>() + (row * width + x) * channels;
      for_each_cell(layer, row / height, row % height, x, size, [&](std::int64_t, std::int64_t, const float* cell) {
        for (std::int64_t c = 0; c < channels; ++c) to[c] += cell[c];
      });
      for (std::int64_t c = 0; c < channels; ++c) to[c] *= weight;
    }
  });
  return out;
}

/// [B h w C] -> [B h w dims]: the patch around each cell, unfolded channel by channel (C, ky, kx), averaged into bins.
Tensor unfold_into_bins(const Tensor& layer, std::int64_t size, std::int64_t dims) {
  const std::int64_t height = layer.dim(1), width = layer.dim(2), channels = layer.dim(3), area = size * size;
  Tensor out({layer.dim(0), height, width, dims});
  parallel_for(layer.dim(0) * height, [&](std::int64_t row) {
    std::vector<float> patch(static_cast<std::size_t>(channels * area));
    for (std::int64_t x = 0; x < width; ++x) {
      std::ranges::fill(patch, 0.0F);
      for_each_cell(layer, row / height, row % height, x, size,
                    [&](std::int64_t ky, std::int64_t kx, const float* cell) {
                      for (std::int64_t c = 0; c < channels; ++c) patch[c * area + ky * size + kx] = cell[c];
                    });
      pool_into_bins(patch.data(), channels * area, out.data<float>() + (row * width + x) * dims, dims);
    }
  });
  return out;
}

}  // namespace

std::int64_t PatchEmbedding::dims(const FeatureLayout& layout) const {
  return adaptive ? target_dim : total_channels(layout);
}

Tensor PatchEmbedding::embed(const Features& features) const {
  Features pooled;
  std::int64_t concatenated = 0;
  for (const Tensor& layer : features) {
    pooled.push_back(adaptive ? unfold_into_bins(layer, patch_size, preprocess_dim)
                              : average_patches(layer, patch_size));
    concatenated += pooled.back().dim(3);
  }
  const Tensor& first = pooled.front();
  const std::int64_t batch = first.dim(0), positions = first.dim(1) * first.dim(2);
  Tensor all({batch, first.dim(1), first.dim(2), concatenated});
  parallel_for(
      batch, [&](std::int64_t b) { concatenate_layers(pooled, b, all.data<float>() + b * positions * concatenated); });
  if (!adaptive) return all;

  Tensor out({batch, first.dim(1), first.dim(2), target_dim});
  const float* from = std::as_const(all).data<float>();
  parallel_for(
      batch * positions,
      [&](std::int64_t p) {
        pool_into_bins(from + p * concatenated, concatenated, out.data<float>() + p * target_dim, target_dim);
      },
      64);
  return out;
}

}  // namespace vigie

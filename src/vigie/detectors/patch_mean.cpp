#include "vigie/detectors/patch_mean.h"

#include <algorithm>
#include <span>

#include "vigie/core/threads.h"
#include "vigie/imaging/lanes.h"

namespace vigie {

namespace {

/// The cells of the patch around (y, x) that lie inside the grid, in the order of their places ky · size + kx.
struct Patch {
  std::vector<const float*> cells;
  std::vector<std::int64_t> places;

  void move_to(const Tensor& layer, std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t size) {
    const std::int64_t height = layer.dim(1), width = layer.dim(2), channels = layer.dim(3), radius = size / 2;
    const float* image = layer.data<float>() + b * height * width * channels;
    cells.clear();
    places.clear();
    for (std::int64_t cy = std::max<std::int64_t>(0, y - radius); cy <= std::min(height - 1, y + radius); ++cy)
      for (std::int64_t cx = std::max<std::int64_t>(0, x - radius); cx <= std::min(width - 1, x + radius); ++cx) {
        cells.push_back(image + (cy * width + cx) * channels);
        places.push_back((cy - y + radius) * size + cx - x + radius);
      }
  }

  /// The cells with begin <= place < end.
  std::span<const float* const> between(std::int64_t begin, std::int64_t end) const {
    const auto first = std::lower_bound(places.begin(), places.end(), begin) - places.begin();
    const auto last = std::lower_bound(places.begin(), places.end(), end) - places.begin();
    return {cells.data() + first, static_cast<std::size_t>(last - first)};
  }
};

/// out[c] = weight · sum of cell[c], in tiles whose sums stay in registers.
void weighted_sum(std::span<const float* const> cells, float weight, float* out, std::int64_t channels) {
  constexpr int kWide = 8, kParts = 4;
  std::int64_t c = 0;
  for (; c + kWide * kParts <= channels; c += kWide * kParts) {
    Lanes<float, kWide> sums[kParts] = {};
    for (const float* cell : cells) {
#pragma GCC unroll 4
      for (int p = 0; p < kParts; ++p) sums[p] += load_lanes<kWide>(cell + c + p * kWide);
    }
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) store_lanes<kWide>(Lanes<float, kWide>(sums[p] * weight), out + c + p * kWide);
  }
  for (; c < channels; ++c) {
    float sum = 0;
    for (const float* cell : cells) sum += cell[c];
    out[c] = sum * weight;
  }
}

/// The patch at (y, x) of row y as `dims` bins, dims a multiple of the channels: then every channel has the same bins.
void pool_patch(const Patch& patch, const PoolingBins& bins_of_channel, std::int64_t channels, float* out) {
  const std::int64_t bins = bins_of_channel.size();
  thread_local std::vector<float> means;
  means.resize(static_cast<std::size_t>(channels));
  for (std::int64_t j = 0; j < bins; ++j) {
    const std::int64_t begin = bins_of_channel.begin[static_cast<std::size_t>(j)];
    const std::int64_t end = bins_of_channel.end[static_cast<std::size_t>(j)];
    float* to = bins == 1 ? out : means.data();
    weighted_sum(patch.between(begin, end), 1.0F / static_cast<float>(end - begin), to, channels);
    for (std::int64_t c = 0; bins > 1 && c < channels; ++c) out[c * bins + j] = to[c];
  }
}

/// The same for any number of bins.
void unfold_and_pool(const Patch& patch, const PoolingBins& bins, std::int64_t area, std::int64_t channels,
                     float* out) {
  thread_local std::vector<float> unfolded;
  unfolded.assign(static_cast<std::size_t>(channels * area), 0.0F);
  for (std::size_t i = 0; i < patch.cells.size(); ++i)
    for (std::int64_t c = 0; c < channels; ++c)
      unfolded[static_cast<std::size_t>(c * area + patch.places[i])] = patch.cells[i][c];
  bins.pool(unfolded.data(), out);
}

}  // namespace

void average_patches_of_row(const Tensor& layer, std::int64_t size, std::int64_t b, std::int64_t y, float* out,
                            std::int64_t stride) {
  thread_local Patch patch;
  const float weight = 1.0F / static_cast<float>(size * size);
  for (std::int64_t x = 0; x < layer.dim(2); ++x, out += stride) {
    patch.move_to(layer, b, y, x, size);
    weighted_sum(patch.cells, weight, out, layer.dim(3));
  }
}

Tensor average_patches(const Tensor& layer, std::int64_t size) {
  if (size == 1) return layer;
  Tensor out(layer.shape());
  const std::int64_t height = layer.dim(1), channels = layer.dim(3), length = layer.dim(2) * channels;
  float* to = out.data<float>();
  parallel_for(layer.dim(0) * height, [&](std::int64_t row) {
    average_patches_of_row(layer, size, row / height, row % height, to + row * length, channels);
  });
  return out;
}

PoolingBins::PoolingBins(std::int64_t in, std::int64_t out) {
  for (std::int64_t i = 0; i < out; ++i) {
    begin.push_back(i * in / out);
    end.push_back(((i + 1) * in + out - 1) / out);
  }
}

void PoolingBins::pool(const float* values, float* bins) const {
  for (std::size_t i = 0; i < begin.size(); ++i) {
    float sum = 0;
    for (std::int64_t j = begin[i]; j < end[i]; ++j) sum += values[j];
    bins[i] = sum / static_cast<float>(end[i] - begin[i]);
  }
}

Tensor unfold_into_bins(const Tensor& layer, std::int64_t size, std::int64_t dims) {
  const std::int64_t height = layer.dim(1), width = layer.dim(2), channels = layer.dim(3), area = size * size;
  const bool same_for_channels = dims % channels == 0;
  const PoolingBins bins = same_for_channels ? PoolingBins(area, dims / channels) : PoolingBins(channels * area, dims);
  Tensor out({layer.dim(0), height, width, dims});
  float* to = out.data<float>();
  parallel_for(layer.dim(0) * height, [&](std::int64_t row) {
    thread_local Patch patch;
    for (std::int64_t x = 0; x < width; ++x) {
      patch.move_to(layer, row / height, row % height, x, size);
      if (same_for_channels)
        pool_patch(patch, bins, channels, to + (row * width + x) * dims);
      else
        unfold_and_pool(patch, bins, area, channels, to + (row * width + x) * dims);
    }
  });
  return out;
}

}  // namespace vigie

#pragma once

#include <cstdint>
#include <vector>

#include "vigie/core/tensor.h"

// Means over the patch around a grid cell, zeros beyond the border counted. Internal to the patch embedding.
namespace vigie {

/// Mean over the size x size patch around every cell of row y of image b: layer F32 [B h w C] -> w vectors of C values,
/// `stride` values apart.
void average_patches_of_row(const Tensor& layer, std::int64_t size, std::int64_t b, std::int64_t y, float* out,
                            std::int64_t stride);

/// [B h w C] -> [B h w C], likewise.
Tensor average_patches(const Tensor& layer, std::int64_t size);

/// Where adaptive pooling puts its bins: bin i of `out` covers [⌊i·in/out⌋, ⌈(i+1)·in/out⌉) of `in` values, so that
/// bins may overlap.
struct PoolingBins {
  std::vector<std::int64_t> begin, end;

  PoolingBins(std::int64_t in, std::int64_t out);
  std::int64_t size() const { return static_cast<std::int64_t>(begin.size()); }
  /// bins[i] = mean of the values that bin i covers.
  void pool(const float* values, float* bins) const;
};

/// [B h w C] -> [B h w dims]: the patch around each cell, unfolded channel by channel (C, ky, kx), averaged into bins.
Tensor unfold_into_bins(const Tensor& layer, std::int64_t size, std::int64_t dims);

}  // namespace vigie

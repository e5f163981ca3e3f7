#pragma once

#include "vigie/detectors/feature_layout.h"
#include "vigie/imaging/bilinear_neighbours.h"

namespace vigie {

/// Channels of all layers together.
std::int64_t total_channels(const FeatureLayout& layout);

/// A layer F32 [B h w C] brought to another grid bilinearly (half-pixel centres), one row at a time: for writing it
/// where it is wanted without a copy between.
class LayerOnGrid {
 public:
  LayerOnGrid(Tensor layer, std::int64_t height, std::int64_t width);

  std::int64_t channels() const { return layer_.dim(3); }
  /// Row y of image b on the new grid: `width` vectors of C values, written `stride` values apart.
  void write_row(std::int64_t b, std::int64_t y, float* out, std::int64_t stride) const;

 private:
  Tensor layer_;
  BilinearNeighbours rows_, columns_;
};

/// Image b of every layer, brought to the first layer's grid bilinearly (half-pixel centres) and concatenated
/// channel-wise: writes [h·w D] with D = total_channels.
void concatenate_layers(const Features& layers, std::int64_t b, float* out);

}  // namespace vigie

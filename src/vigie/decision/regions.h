#pragma once

#include <cstdint>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/imaging/connected.h"

namespace vigie {

/// An 8-connected group of pixels. Box is [left, right) x [top, bottom) in pixels; score = maximum of the map inside.
struct Region {
  std::int64_t left = 0, top = 0, right = 0, bottom = 0;
  std::int64_t area = 0;  ///< pixels
  float score = 0;
  double centroid_x = 0, centroid_y = 0;  ///< pixel centres, 0-based
};

/// Regions of map F32 [H W] >= threshold with at least min_area pixels (>= 1), highest score first; equal scores from
/// the top left.
std::vector<Region> find_regions(const Tensor& map, float threshold, std::int64_t min_area);

/// The pixels of these regions: U8 [H W], 255 inside, else 0. `regions`: of find_regions() with this map and threshold.
Tensor region_mask(const Tensor& map, float threshold, const std::vector<Region>& regions);

}  // namespace vigie

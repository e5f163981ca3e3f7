#include "vigie/decision/regions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "vigie/core/error.h"

namespace vigie {

namespace {

Tensor mask_above(const Tensor& map, float threshold) {
  Tensor mask(map.shape(), DType::U8);
  const auto scores = map.values<float>();
  std::transform(scores.begin(), scores.end(), mask.data<std::uint8_t>(),
                 [&](float score) -> std::uint8_t { return score >= threshold ? 1 : 0; });
  return mask;
}

/// A region before its first pixel.
Region nothing() {
  Region region;
  region.left = region.top = std::numeric_limits<std::int64_t>::max();
  region.score = -std::numeric_limits<float>::infinity();
  return region;
}

void add_pixel(Region& region, std::int64_t x, std::int64_t y, float score) {
  region.left = std::min(region.left, x);
  region.top = std::min(region.top, y);
  region.right = std::max(region.right, x + 1);
  region.bottom = std::max(region.bottom, y + 1);
  region.area += 1;
  region.score = std::max(region.score, score);
  region.centroid_x += static_cast<double>(x);  // sums, divided when the region is complete
  region.centroid_y += static_cast<double>(y);
}

}  // namespace

std::vector<Region> find_regions(const Tensor& map, float threshold, std::int64_t min_area) {
  VIGIE_CHECK(map.rank() == 2 && map.dtype() == DType::F32, "find_regions", "the map must be f32 [H W], got {} {}",
              name_of(map.dtype()), to_string(map.shape()));
  VIGIE_CHECK(!std::isnan(threshold), "find_regions", "the threshold is not a number");
  VIGIE_CHECK(min_area >= 1, "find_regions", "min_area must be at least 1 pixel, got {}", min_area);
  const Labels found = label_regions(mask_above(map, threshold));
  const std::int32_t* label = found.labels.data<std::int32_t>();
  const float* score = map.data<float>();
  std::vector<Region> regions(static_cast<std::size_t>(found.count), nothing());
  for (std::int64_t y = 0; y < map.dim(0); ++y)
    for (std::int64_t x = 0; x < map.dim(1); ++x, ++label, ++score)
      if (*label != 0) add_pixel(regions[static_cast<std::size_t>(*label - 1)], x, y, *score);

  std::erase_if(regions, [&](const Region& region) { return region.area < min_area; });
  for (Region& region : regions) {
    region.centroid_x /= static_cast<double>(region.area);
    region.centroid_y /= static_cast<double>(region.area);
  }
  std::stable_sort(regions.begin(), regions.end(), [](const Region& a, const Region& b) {
    return std::tuple(-a.score, a.top, a.left) < std::tuple(-b.score, b.top, b.left);
  });
  return regions;
}

}  // namespace vigie

#include "vigie/decision/shown_regions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/imaging/value_range.h"

namespace vigie {

namespace {

// Smaller blobs than this share of the image are noise of the interpolation, not regions to show.
constexpr double kMinRegionShare = 2e-5;
// How far below its maximum a map is still the hottest region, as a share of its range: the core of a smoothed peak.
constexpr float kHottestShare = 0.1F;

}  // namespace

ShownRegions shown_regions(const Tensor& map, bool rejected, float pixel_threshold) {
  if (!rejected) return {{}, pixel_threshold};
  if (std::isnan(pixel_threshold)) pixel_threshold = std::numeric_limits<float>::infinity();
  const auto pixels = static_cast<double>(map.count());
  const auto min_area = std::max<std::int64_t>(1, std::llround(pixels * kMinRegionShare));
  ShownRegions shown{find_regions(map, pixel_threshold, min_area), pixel_threshold};
  if (!shown.regions.empty()) return shown;
  const ValueRange range = value_range(map);
  VIGIE_CHECK(std::isfinite(range.low) && std::isfinite(range.high), "shown_regions",
              "the map's values reach from {} to {}; they must be finite", range.low, range.high);
  shown.level = std::min(pixel_threshold, range.high - kHottestShare * (range.high - range.low));
  shown.regions = find_regions(map, shown.level, 1);
  shown.regions.resize(1);
  return shown;
}

}  // namespace vigie

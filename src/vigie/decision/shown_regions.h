#pragma once

#include "vigie/decision/regions.h"

namespace vigie {

/// The regions that go with a verdict.
struct ShownRegions {
  std::vector<Region> regions;  ///< worst first
  float level = 0;              ///< map values at and above it belong to them
};

/// One rule by which verdict and regions agree. A part that passed shows none. A rejected part shows the regions at the
/// pixel threshold; where there is none of the least size (the score is another one than the map's, or the peak is too
/// small), the one around the map's maximum, down to a tenth of the map's range below it and at most the pixel
/// threshold (NaN: unknown): a rejected part always shows where. map: F32 [H W], in the part's own pixels.
ShownRegions shown_regions(const Tensor& map, bool rejected, float pixel_threshold);

}  // namespace vigie

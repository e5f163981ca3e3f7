#pragma once

#include <string>

#include "vigie/report/report_view.h"

namespace vigie {

/// Pictures of one test image as data URIs; empty where there is nothing to show.
struct Panels {
  std::string image;
  std::string heat;       ///< the map over the image; empty without a map
  std::string predicted;  ///< contour of the regions that go with the verdict; empty for a part that passed
  std::string truth;      ///< contour of the ground truth; empty without defect pixels
};

/// image: U8 [H W 3] in the frame of the map. Thumbnails have at most kThumbnailSide pixels a side.
/// Throws InvalidArgument when image and map differ in size.
Panels render_panels(const ImageEvidence& evidence, const Tensor& image, HeatRange heat, double pixel_threshold,
                     bool rejected);
constexpr std::int64_t kThumbnailSide = 256;

/// The colours from heat.low to heat.high, left to right, as a data URI.
std::string render_heat_ramp();

}  // namespace vigie

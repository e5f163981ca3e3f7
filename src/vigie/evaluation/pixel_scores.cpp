#include "vigie/evaluation/pixel_scores.h"

#include <algorithm>

namespace vigie {

bool has_pixel_evidence(const ImageEvidence& image) {
  return !image.map.empty() && (!image.anomalous() || !image.mask.empty());
}

EvidenceList pixel_evidence(const std::vector<ImageEvidence>& images) {
  EvidenceList list;
  for (const ImageEvidence& image : images)
    if (has_pixel_evidence(image)) list.push_back(&image);
  return list;
}

std::vector<ScoredMap> scored_maps(const EvidenceList& list) {
  std::vector<ScoredMap> maps;
  for (const ImageEvidence* image : list) maps.push_back({image->map, image->mask});
  return maps;
}

std::int64_t defect_pixels(const ImageEvidence& image) {
  if (image.mask.empty()) return 0;
  const auto mask = image.mask.values<std::uint8_t>();
  return static_cast<std::int64_t>(mask.size()) - std::count(mask.begin(), mask.end(), std::uint8_t{0});
}

}  // namespace vigie

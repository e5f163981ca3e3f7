#include "vigie/evaluation/pixel_scores.h"

#include <algorithm>

namespace vigie {

bool has_pixel_evidence(const ImageEvidence& image) {
  return !image.map.empty() && (!image.anomalous() || !image.mask.empty());
}

std::int64_t defect_pixels(const ImageEvidence& image) {
  if (image.mask.empty()) return 0;
  const auto mask = image.mask.values<std::uint8_t>();
  return std::count_if(mask.begin(), mask.end(), [](std::uint8_t value) { return value != 0; });
}

SortedScores sorted_pixels(const EvidenceList& list) {
  std::int64_t pixels = 0, defective = 0;
  for (const ImageEvidence* image : list) {
    pixels += image->map.count();
    defective += defect_pixels(*image);
  }
  std::vector<float> normal, anomalous;
  normal.reserve(static_cast<std::size_t>(pixels - defective));
  anomalous.reserve(static_cast<std::size_t>(defective));
  for (const ImageEvidence* image : list) {
    const auto map = image->map.values<float>();
    if (image->mask.empty()) {
      normal.insert(normal.end(), map.begin(), map.end());
      continue;
    }
    const auto mask = image->mask.values<std::uint8_t>();
    for (std::size_t i = 0; i < map.size(); ++i) (mask[i] != 0 ? anomalous : normal).push_back(map[i]);
  }
  return {std::move(normal), std::move(anomalous)};
}

}  // namespace vigie

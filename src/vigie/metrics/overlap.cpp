#include "vigie/metrics/overlap.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/imaging/connected.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/ratio.h"

namespace vigie {

namespace {

/// Pixel counts of truth against prediction.
struct Counts {
  std::int64_t both = 0, truth = 0, predicted = 0;
  double iou() const { return ratio(static_cast<double>(both), static_cast<double>(truth + predicted - both)); }
  double dice() const { return ratio(2 * static_cast<double>(both), static_cast<double>(truth + predicted)); }
};

Tensor predicted_mask(const Tensor& map, double threshold) {
  Tensor mask(map.shape(), DType::U8);
  const auto scores = map.values<float>();
  const auto out = mask.values<std::uint8_t>();
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] = scores[i] >= threshold ? 1 : 0;
  return mask;
}

Counts count_pixels(const Tensor& truth, const Tensor& predicted) {
  Counts counts;
  const auto found = predicted.values<std::uint8_t>();
  const auto real = truth.empty() ? std::span<const std::uint8_t>() : truth.values<std::uint8_t>();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool is_real = !real.empty() && real[i] != 0;
    const bool is_found = found[i] != 0;
    counts.truth += is_real ? 1 : 0;
    counts.predicted += is_found ? 1 : 0;
    counts.both += is_real && is_found ? 1 : 0;
  }
  return counts;
}

/// One Counts per ground-truth region: it against the union of the predicted regions that share a pixel with it.
std::vector<Counts> count_regions(const Tensor& truth, const Tensor& predicted) {
  const Labels real = label_regions(truth), found = label_regions(predicted);
  const auto real_labels = real.labels.values<std::int32_t>();
  const auto found_labels = found.labels.values<std::int32_t>();
  std::vector<std::int64_t> found_areas(static_cast<std::size_t>(found.count) + 1);
  std::vector<Counts> regions(static_cast<std::size_t>(real.count));
  std::vector<std::pair<std::int32_t, std::int32_t>> touching;
  for (std::size_t i = 0; i < real_labels.size(); ++i) {
    ++found_areas[static_cast<std::size_t>(found_labels[i])];
    if (real_labels[i] == 0) continue;
    Counts& region = regions[static_cast<std::size_t>(real_labels[i] - 1)];
    ++region.truth;
    if (found_labels[i] == 0) continue;
    ++region.both;
    const std::pair pair(real_labels[i], found_labels[i]);
    if (touching.empty() || touching.back() != pair) touching.push_back(pair);
  }
  std::sort(touching.begin(), touching.end());
  touching.erase(std::unique(touching.begin(), touching.end()), touching.end());
  for (const auto& [region, other] : touching)
    regions[static_cast<std::size_t>(region - 1)].predicted += found_areas[static_cast<std::size_t>(other)];
  return regions;
}

}  // namespace

OverlapAtThreshold overlap_at_threshold(const std::vector<ScoredMap>& images, double threshold) {
  VIGIE_CHECK(!std::isnan(threshold), "overlap_at_threshold", "the threshold is not a number");
  check_maps(images, "overlap_at_threshold");
  Counts pooled;
  double iou = 0, dice = 0, region_iou = 0, anomalous_images = 0, regions = 0;
  for (const ScoredMap& image : images) {
    const Tensor predicted = predicted_mask(image.map, threshold);
    const Counts counts = count_pixels(image.mask, predicted);
    pooled.both += counts.both;
    pooled.truth += counts.truth;
    pooled.predicted += counts.predicted;
    if (counts.truth == 0) continue;
    ++anomalous_images;
    iou += counts.iou();
    dice += counts.dice();
    for (const Counts& region : count_regions(image.mask, predicted)) {
      ++regions;
      region_iou += region.iou();
    }
  }
  return {pooled.iou(), pooled.dice(), ratio(iou, anomalous_images), ratio(dice, anomalous_images),
          ratio(region_iou, regions)};
}

}  // namespace vigie

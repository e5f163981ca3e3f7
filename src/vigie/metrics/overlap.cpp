#include "vigie/metrics/overlap.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
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

Counts count_pixels(const ScoredMap& image, double threshold) {
  Counts counts;
  const auto scores = image.map.values<float>();
  if (image.mask.empty()) {
    for (const float score : scores) counts.predicted += score >= threshold ? 1 : 0;
    return counts;
  }
  const auto mask = image.mask.values<std::uint8_t>();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const int is_real = mask[i] != 0 ? 1 : 0, is_found = scores[i] >= threshold ? 1 : 0;
    counts.truth += is_real;
    counts.predicted += is_found;
    counts.both += is_real & is_found;
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

/// An image's pixels, and its regions if it is anomalous.
struct ImageCounts {
  Counts pixels;
  std::vector<Counts> regions;
};

ImageCounts count_image(const ScoredMap& image, double threshold) {
  ImageCounts counts{count_pixels(image, threshold), {}};
  if (counts.pixels.truth > 0) counts.regions = count_regions(image.mask, predicted_mask(image.map, threshold));
  return counts;
}

}  // namespace

ThresholdMetrics pixels_at_threshold(const std::vector<ScoredMap>& images, double threshold) {
  check_maps(images, "pixels_at_threshold");
  std::vector<ThresholdMetrics> counts(images.size());
  parallel_for(static_cast<std::int64_t>(images.size()), [&](std::int64_t i) {
    const auto image = static_cast<std::size_t>(i);
    const Counts pixels = count_pixels(images[image], threshold);
    const std::int64_t false_positives = pixels.predicted - pixels.both;
    counts[image] = {pixels.both, false_positives, images[image].map.count() - pixels.truth - false_positives,
                     pixels.truth - pixels.both};
  });
  ThresholdMetrics sum;
  for (const ThresholdMetrics& image : counts) {
    sum.true_positives += image.true_positives;
    sum.false_positives += image.false_positives;
    sum.true_negatives += image.true_negatives;
    sum.false_negatives += image.false_negatives;
  }
  return sum;
}

OverlapAtThreshold overlap_at_threshold(const std::vector<ScoredMap>& images, double threshold) {
  VIGIE_CHECK(!std::isnan(threshold), "overlap_at_threshold", "the threshold is not a number");
  check_maps(images, "overlap_at_threshold");
  std::vector<ImageCounts> counts(images.size());
  parallel_for(static_cast<std::int64_t>(images.size()), [&](std::int64_t i) {
    const auto image = static_cast<std::size_t>(i);
    counts[image] = count_image(images[image], threshold);
  });
  Counts pooled;
  double iou = 0, dice = 0, region_iou = 0, anomalous_images = 0, regions = 0;
  for (const ImageCounts& image : counts) {
    pooled.both += image.pixels.both;
    pooled.truth += image.pixels.truth;
    pooled.predicted += image.pixels.predicted;
    if (image.pixels.truth == 0) continue;
    ++anomalous_images;
    iou += image.pixels.iou();
    dice += image.pixels.dice();
    for (const Counts& region : image.regions) {
      ++regions;
      region_iou += region.iou();
    }
  }
  return {pooled.iou(), pooled.dice(), ratio(iou, anomalous_images), ratio(dice, anomalous_images),
          ratio(region_iou, regions)};
}

}  // namespace vigie

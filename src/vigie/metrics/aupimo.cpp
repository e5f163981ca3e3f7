#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/radix_sort.h"

namespace vigie {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct NormalPixel {
  float score;
  double rate;  ///< what the pixel adds to the mean per-image false-positive rate
};

/// A distinct score of the normal images and the mean per-image share of their pixels at or above it.
struct SharedThreshold {
  float score;
  double log_fpr;
};

/// The highest pixels of one normal image, all that rates up to `high` can involve: the mean over M images reaches
/// `high` at the latest when one image alone exceeds high·M. Ties of the lowest one kept are kept too.
void add_highest(std::vector<NormalPixel>& pixels, const Tensor& map, double high, std::size_t normal_images) {
  const auto scores = map.values<float>();
  if (scores.empty()) return;
  const double share = high * static_cast<double>(normal_images);
  const double wanted = std::floor(share * static_cast<double>(scores.size())) + 1;
  const std::size_t kept = std::min(scores.size(), static_cast<std::size_t>(wanted));
  std::vector<float> copy(scores.begin(), scores.end());
  const auto lowest = copy.begin() + static_cast<std::ptrdiff_t>(kept - 1);
  std::nth_element(copy.begin(), lowest, copy.end(), std::greater<>());
  const double rate = 1.0 / (static_cast<double>(normal_images) * static_cast<double>(scores.size()));
  for (const float score : scores)
    if (score >= *lowest) pixels.push_back({score, rate});
}

/// Distinct thresholds, highest first, down to the first whose rate reaches `high`.
std::vector<SharedThreshold> shared_thresholds(const std::vector<const Tensor*>& normal_maps, double high) {
  std::vector<NormalPixel> pixels;
  for (const Tensor* map : normal_maps) add_highest(pixels, *map, high, normal_maps.size());
  sort_descending(pixels, [](const NormalPixel& pixel) { return pixel.score; });

  std::vector<SharedThreshold> thresholds;
  double fpr = 0;
  for (std::size_t i = 0; i < pixels.size() && fpr < high;) {
    const float score = pixels[i].score;
    for (; i < pixels.size() && pixels[i].score == score; ++i) fpr += pixels[i].rate;
    thresholds.push_back({score, std::log10(fpr)});
  }
  return thresholds;
}

/// Area of the line from (x0, y0) to (x1, y1) between x = low and x = high.
double clipped_area(double x0, double y0, double x1, double y1, double low, double high) {
  const double left = std::max(x0, low), right = std::min(x1, high);
  if (right <= left) return 0;
  if (y0 == y1) return (right - left) * y0;  // also the way in from x0 = -infinity
  const double slope = (y1 - y0) / (x1 - x0);
  return (right - left) * (y0 + slope * ((left + right) / 2 - x0));
}

/// Share of an image's defect pixels found, averaged over log10 FPR from low to high.
double image_value(const ScoredMap& image, const std::vector<SharedThreshold>& thresholds, double low, double high) {
  std::vector<float> defect;
  const auto scores = image.map.values<float>();
  const auto mask = image.mask.values<std::uint8_t>();
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (mask[i] != 0) defect.push_back(scores[i]);
  sort_descending(defect, [](float score) { return score; });

  double area = 0, log_before = -kInfinity;
  std::size_t found = 0;
  for (const auto& [threshold, log_fpr] : thresholds) {
    while (found < defect.size() && defect[found] > threshold) ++found;
    const double before = static_cast<double>(found) / static_cast<double>(defect.size());
    while (found < defect.size() && defect[found] == threshold) ++found;
    // FPR 0 has no place on a log axis: below the first rate only what is found without any false pixel counts.
    const double after =
        log_before == -kInfinity ? before : static_cast<double>(found) / static_cast<double>(defect.size());
    area += clipped_area(log_before, before, log_fpr, after, low, high);
    log_before = log_fpr;
  }
  return area / (high - low);
}

}  // namespace

std::vector<double> aupimo(const std::vector<ScoredMap>& images, double low, double high) {
  VIGIE_CHECK(low > 0 && low < high && high <= 1, "aupimo", "rates must be 0 < low < high <= 1, got {} and {}", low,
              high);
  check_maps(images, "aupimo");
  std::vector<const Tensor*> normal_maps;
  std::vector<std::size_t> anomalous;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (has_defect(images[i].mask))
      anomalous.push_back(i);
    else if (!images[i].map.empty())
      normal_maps.push_back(&images[i].map);
  }
  std::vector<double> values(images.size(), std::numeric_limits<double>::quiet_NaN());
  if (normal_maps.empty()) return values;
  const std::vector<SharedThreshold> thresholds = shared_thresholds(normal_maps, high);
  for (const std::size_t i : anomalous)
    values[i] = image_value(images[i], thresholds, std::log10(low), std::log10(high));
  return values;
}

}  // namespace vigie

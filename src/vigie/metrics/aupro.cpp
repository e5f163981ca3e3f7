#include <algorithm>
#include <cstdint>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/imaging/connected.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/radix_sort.h"

namespace vigie {

namespace {

struct DefectPixel {
  float score;
  std::int32_t region;  ///< 0-based over all images
};

/// All pixels of all images, highest score first on each side.
struct SortedPixels {
  std::vector<float> normal;
  std::vector<DefectPixel> anomalous;
  std::vector<std::int64_t> areas;  ///< pixels of each region
};

void add_defective(SortedPixels& pixels, const ScoredMap& image) {
  const Labels regions = label_regions(image.mask);
  const auto first = static_cast<std::int32_t>(pixels.areas.size());
  pixels.areas.resize(pixels.areas.size() + static_cast<std::size_t>(regions.count));
  const auto scores = image.map.values<float>();
  const auto labels = regions.labels.values<std::int32_t>();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (labels[i] == 0) {
      pixels.normal.push_back(scores[i]);
      continue;
    }
    const std::int32_t region = first + labels[i] - 1;
    pixels.anomalous.push_back({scores[i], region});
    ++pixels.areas[static_cast<std::size_t>(region)];
  }
}

SortedPixels sort_pixels(const std::vector<ScoredMap>& images) {
  std::size_t total = 0, defective = 0;  // reserved exactly: growing by doubling would cost twice the memory
  for (const ScoredMap& image : images) {
    total += static_cast<std::size_t>(image.map.count());
    if (image.mask.empty()) continue;
    const auto mask = image.mask.values<std::uint8_t>();
    defective += mask.size() - static_cast<std::size_t>(std::count(mask.begin(), mask.end(), std::uint8_t{0}));
  }
  SortedPixels pixels;
  pixels.normal.reserve(total - defective);
  pixels.anomalous.reserve(defective);
  for (const ScoredMap& image : images) {
    const auto scores = image.map.values<float>();
    if (has_defect(image.mask))
      add_defective(pixels, image);
    else
      pixels.normal.insert(pixels.normal.end(), scores.begin(), scores.end());
  }
  sort_descending(pixels.normal, [](float score) { return score; });
  sort_descending(pixels.anomalous, [](const DefectPixel& pixel) { return pixel.score; });
  return pixels;
}

/// Area under a polyline from x = 0 to `limit`.
struct PartialArea {
  double limit;
  double area = 0;

  void add(double x0, double y0, double x1, double y1) {
    if (x0 >= limit || x1 <= x0) return;
    if (x1 > limit) {
      y1 = y0 + (y1 - y0) * (limit - x0) / (x1 - x0);
      x1 = limit;
    }
    area += (x1 - x0) * (y0 + y1) / 2;
  }
};

/// Walks the distinct thresholds, highest first, until the false-positive rate passes the last limit.
void integrate(const SortedPixels& pixels, double last_limit, std::vector<PartialArea>& areas) {
  std::vector<double> weights;  // what one pixel of a region adds to the mean overlap
  for (const std::int64_t area : pixels.areas)
    weights.push_back(1.0 / (static_cast<double>(pixels.areas.size()) * static_cast<double>(area)));

  std::size_t normal = 0, anomalous = 0;
  double fpr = 0, overlap = 0;
  while (normal < pixels.normal.size() && fpr < last_limit) {
    const double overlap_before = overlap, fpr_before = fpr;
    float threshold = pixels.normal[normal];
    if (anomalous < pixels.anomalous.size()) threshold = std::max(threshold, pixels.anomalous[anomalous].score);
    while (normal < pixels.normal.size() && pixels.normal[normal] == threshold) ++normal;
    for (; anomalous < pixels.anomalous.size() && pixels.anomalous[anomalous].score == threshold; ++anomalous)
      overlap += weights[static_cast<std::size_t>(pixels.anomalous[anomalous].region)];
    fpr = static_cast<double>(normal) / static_cast<double>(pixels.normal.size());
    for (PartialArea& area : areas) area.add(fpr_before, overlap_before, fpr, overlap);
  }
}

}  // namespace

std::vector<double> aupro(const std::vector<ScoredMap>& images, const std::vector<double>& fpr_limits) {
  for (const double limit : fpr_limits)
    VIGIE_CHECK(limit > 0 && limit <= 1, "aupro", "the limit must be above 0 and at most 1, got {}", limit);
  std::vector<double> values(fpr_limits.size(), std::numeric_limits<double>::quiet_NaN());
  if (fpr_limits.empty()) return values;
  check_maps(images, "aupro");
  const SortedPixels pixels = sort_pixels(images);
  if (pixels.normal.empty() || pixels.anomalous.empty()) return values;

  std::vector<PartialArea> areas;
  for (const double limit : fpr_limits) areas.push_back({limit});
  integrate(pixels, *std::max_element(fpr_limits.begin(), fpr_limits.end()), areas);
  for (std::size_t i = 0; i < areas.size(); ++i) values[i] = areas[i].area / areas[i].limit;
  return values;
}

double aupro(const std::vector<ScoredMap>& images, double fpr_limit) {
  return aupro(images, std::vector{fpr_limit})[0];
}

}  // namespace vigie

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/radix_sort.h"

namespace vigie {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A score of a normal image.
struct NormalScore {
  float score;
  double rate;  ///< what its pixels add to the mean per-image false-positive rate
};

/// A distinct score of the normal images and the mean per-image share of their pixels at or above it.
struct SharedThreshold {
  float score;
  double log_fpr;
};

/// The k-th highest score, 1 <= k <= size. One pass that keeps at most 2k scores.
float kth_highest(std::span<const float> scores, std::size_t k) {
  std::vector<float> best;
  best.reserve(std::min(2 * k, scores.size()));
  const auto kth = static_cast<std::ptrdiff_t>(k - 1);
  float bound =
      -std::numeric_limits<float>::infinity();  // the k-th highest so far; another one like it changes nothing
  for (const float score : scores) {
    if (score <= bound) continue;
    best.push_back(score);
    if (best.size() < 2 * k) continue;
    std::nth_element(best.begin(), best.begin() + kth, best.end(), std::greater<>());
    best.resize(k);
    bound = best.back();
  }
  std::nth_element(best.begin(), best.begin() + kth, best.end(), std::greater<>());
  return best[k - 1];
}

/// The highest scores of one normal image, all that rates up to `high` can involve: the mean over M images reaches
/// `high` at the latest when one image alone exceeds high·M. Pixels that tie for the last place are one entry.
std::vector<NormalScore> highest_scores(const Tensor& map, double high, std::size_t normal_images) {
  const auto scores = map.values<float>();
  const auto pixels = static_cast<double>(scores.size());
  const double wanted = std::floor(high * static_cast<double>(normal_images) * pixels) + 1;
  const auto kept = static_cast<std::size_t>(std::min(wanted, pixels));
  const float lowest = kth_highest(scores, kept);
  const double rate = 1.0 / (static_cast<double>(normal_images) * pixels);
  std::vector<NormalScore> highest;
  highest.reserve(kept);
  for (const float score : scores)
    if (score > lowest) highest.push_back({score, rate});
  highest.push_back({lowest, rate * static_cast<double>(std::count(scores.begin(), scores.end(), lowest))});
  return highest;
}

/// Distinct thresholds, highest first, down to the first whose rate reaches `high`.
std::vector<SharedThreshold> shared_thresholds(const std::vector<const Tensor*>& normal_maps, double high) {
  std::vector<std::vector<NormalScore>> of_image(normal_maps.size());
  parallel_for(static_cast<std::int64_t>(normal_maps.size()), [&](std::int64_t i) {
    const auto image = static_cast<std::size_t>(i);
    of_image[image] = highest_scores(*normal_maps[image], high, normal_maps.size());
  });
  std::vector<NormalScore> scores;
  for (auto& image : of_image) {
    scores.insert(scores.end(), image.begin(), image.end());
    image = {};
  }
  sort_descending(scores, [](const NormalScore& entry) { return entry.score; });

  std::vector<SharedThreshold> thresholds;
  double fpr = 0;
  for (std::size_t i = 0; i < scores.size() && fpr < high;) {
    const float score = scores[i].score;
    for (; i < scores.size() && scores[i].score == score; ++i) fpr += scores[i].rate;
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

/// Highest first.
std::vector<float> defect_scores(const ScoredMap& image) {
  const auto [top, bottom] = defect_rows(image.mask);
  const Tensor map = image.map.rows(top, bottom), mask = image.mask.rows(top, bottom);
  std::vector<float> scores;
  for (std::int64_t i = 0; i < map.count(); ++i)
    if (mask.data<std::uint8_t>()[i] != 0) scores.push_back(map.data<float>()[i]);
  sort_descending(scores, [](float score) { return score; });
  return scores;
}

/// Share of an image's defect pixels found, averaged over log10 FPR from low to high.
double image_value(const ScoredMap& image, const std::vector<SharedThreshold>& thresholds, double low, double high) {
  const std::vector<float> defect = defect_scores(image);

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
  parallel_for(static_cast<std::int64_t>(anomalous.size()), [&](std::int64_t a) {
    const std::size_t i = anomalous[static_cast<std::size_t>(a)];
    values[i] = image_value(images[i], thresholds, std::log10(low), std::log10(high));
  });
  return values;
}

}  // namespace vigie

#include "vigie/decision/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/core/median.h"
#include "vigie/decision/threshold.h"

namespace vigie {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

void check_scores(std::span<const double> scores, std::string_view name) {
  for (std::size_t i = 0; i < scores.size(); ++i)
    VIGIE_CHECK(std::isfinite(scores[i]), "calibrate", "{} {} is {}; scores must be finite", name, i, scores[i]);
}

std::string warning_about(std::int64_t normals, double max_fpr) {
  const std::int64_t needed = normals_needed(max_fpr);
  if (normals >= needed) return {};
  return fmt::format(
      "{} held-out normal image(s) cannot verify a false-positive rate of {:.3g}: the smallest they can is {:.3g}, and "
      "{:.3g} "
      "needs {}; the threshold is extrapolated from the highest scores",
      normals, max_fpr, smallest_verifiable_rate(normals), max_fpr, needed);
}

}  // namespace

Calibration calibrate(std::span<const double> image_scores, std::span<const double> map_maxima, double max_fpr) {
  VIGIE_CHECK(!image_scores.empty(), "calibrate", "no held-out normal scores: a threshold needs at least one");
  VIGIE_CHECK(max_fpr >= 1e-9 && max_fpr < 1, "calibrate", "max_fpr must be from 1e-9 to below 1, got {}", max_fpr);
  VIGIE_CHECK(map_maxima.empty() || map_maxima.size() == image_scores.size(), "calibrate",
              "{} map maxima for {} image scores", map_maxima.size(), image_scores.size());
  check_scores(image_scores, "image score");
  check_scores(map_maxima, "map maximum");
  Calibration calibration;
  calibration.image_threshold = threshold_for_rate(image_scores, max_fpr);
  calibration.pixel_threshold = map_maxima.empty() ? kUndefined : threshold_for_rate(map_maxima, max_fpr);
  calibration.max_fpr = max_fpr;
  calibration.normals = static_cast<std::int64_t>(image_scores.size());
  calibration.median = median_of({image_scores.begin(), image_scores.end()});
  calibration.warning = warning_about(calibration.normals, max_fpr);
  return calibration;
}

double confidence(const Calibration& calibration, double score) {
  constexpr double kSteepness = 9;  // 0.5 / (1 + 9) = 0.05 at the median
  constexpr double kLeastScale = 1e-6;
  const double threshold = calibration.image_threshold;
  const double spread = std::abs(threshold - calibration.median);
  const double scale = std::max({spread, kLeastScale * std::abs(threshold), std::numeric_limits<double>::min()});
  const double distance = kSteepness * (score - threshold) / scale;
  return distance < 0 ? 0.5 / (1 - distance) : 1 - 0.5 / (1 + distance);
}

}  // namespace vigie

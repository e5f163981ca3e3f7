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

std::int64_t count_at_least(std::span<const double> scores, double threshold) {
  return std::count_if(scores.begin(), scores.end(), [&](double score) { return score >= threshold; });
}

// Where as many maxima reach the pixel threshold as scores reach the image threshold.
double pixel_threshold_beside(const Calibration& calibration) {
  if (calibration.maxima.empty()) return calibration.pixel_threshold;
  if (calibration.maxima == calibration.scores) return calibration.image_threshold;
  return threshold_rejecting(calibration.maxima, rejected_normals(calibration));
}

void check_scores_kept(const Calibration& calibration) {
  VIGIE_CHECK(!calibration.scores.empty(), "calibrate",
              "this model keeps no scores of good parts (it is older than format 3); give good parts");
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
  calibration.scores = highest_first(image_scores);
  calibration.maxima = highest_first(map_maxima);
  calibration.image_threshold = threshold_for_rate(image_scores, max_fpr);
  calibration.pixel_threshold = map_maxima.empty() ? kUndefined : threshold_for_rate(map_maxima, max_fpr);
  calibration.max_fpr = max_fpr;
  calibration.normals = static_cast<std::int64_t>(image_scores.size());
  calibration.median = median_of({image_scores.begin(), image_scores.end()});
  return calibration;
}

Calibration at_rate(const Calibration& calibration, double max_fpr) {
  check_scores_kept(calibration);
  return calibrate(calibration.scores, calibration.maxima, max_fpr);
}

Calibration at_threshold(const Calibration& calibration, double image_threshold) {
  VIGIE_CHECK(std::isfinite(image_threshold), "calibrate", "the threshold must be finite, got {}", image_threshold);
  Calibration moved = calibration;
  moved.rule = ThresholdRule::Fixed;
  moved.image_threshold = image_threshold;
  moved.pixel_threshold = pixel_threshold_beside(moved);
  return moved;
}

Calibration at_miss_rate(const Calibration& calibration, std::span<const double> defect_scores, double max_miss) {
  check_scores_kept(calibration);
  VIGIE_CHECK(!defect_scores.empty(), "calibrate", "no scores of known defects");
  VIGIE_CHECK(max_miss >= 0 && max_miss < 1, "calibrate", "max_miss must be from 0 to below 1, got {}", max_miss);
  check_scores(defect_scores, "defect score");
  const std::vector<double> defects = highest_first(defect_scores);
  const auto found = static_cast<std::size_t>(std::ceil((1 - max_miss) * static_cast<double>(defects.size()) - 1e-9));
  const double lowest_found = defects[std::max<std::size_t>(found, 1) - 1];
  double below = -std::numeric_limits<double>::infinity();
  for (const auto* scores : {&calibration.scores, &defects})
    for (const double score : *scores)
      if (score < lowest_found) below = std::max(below, score);
  const double threshold = std::isfinite(below) ? threshold_between(below, lowest_found) : lowest_found;
  Calibration moved = at_threshold(calibration, threshold);
  moved.rule = ThresholdRule::Misses;
  return moved;
}

std::int64_t rejected_normals(const Calibration& calibration) {
  return count_at_least(calibration.scores, calibration.image_threshold);
}

bool verifies_rate(const Calibration& calibration) {
  return calibration.normals >= normals_needed(calibration.max_fpr);
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

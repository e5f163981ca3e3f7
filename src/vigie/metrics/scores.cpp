#include "vigie/metrics/scores.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "vigie/core/error.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/radix_sort.h"
#include "vigie/metrics/ratio.h"

namespace vigie {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

void check_finite(const std::vector<float>& scores, std::string_view side) {
  const std::size_t bad = first_not_finite(scores);
  VIGIE_CHECK(bad == scores.size(), "SortedScores", "{} score {} is {}; scores must be finite", side, bad, scores[bad]);
}

/// Calls visit(threshold, true positives, false positives) after every distinct score, highest first.
template <typename Visit>
void for_each_threshold(std::span<const float> normal, std::span<const float> anomalous, Visit&& visit) {
  std::size_t fp = 0, tp = 0;
  while (fp < normal.size() || tp < anomalous.size()) {
    float threshold = -std::numeric_limits<float>::infinity();
    if (fp < normal.size()) threshold = normal[fp];
    if (tp < anomalous.size()) threshold = std::max(threshold, anomalous[tp]);
    while (fp < normal.size() && normal[fp] == threshold) ++fp;
    while (tp < anomalous.size() && anomalous[tp] == threshold) ++tp;
    visit(threshold, static_cast<std::int64_t>(tp), static_cast<std::int64_t>(fp));
  }
}

}  // namespace

SortedScores::SortedScores(std::vector<float> normal, std::vector<float> anomalous)
    : normal_(std::move(normal)), anomalous_(std::move(anomalous)) {
  check_finite(normal_, "normal");
  check_finite(anomalous_, "anomalous");
  const auto itself = [](float score) { return score; };
  sort_descending(normal_, itself);
  sort_descending(anomalous_, itself);
}

double SortedScores::auroc() const {
  if (normal_.empty() || anomalous_.empty()) return kUndefined;
  const auto normals = static_cast<std::int64_t>(normal_.size());
  // Twice the Mann-Whitney statistic, so that half a tie is a whole number and the sum exact.
  std::int64_t twice_u = 0, tp_before = 0, fp_before = 0;
  for_each_threshold(normal_, anomalous_, [&](float, std::int64_t tp, std::int64_t fp) {
    twice_u += (tp - tp_before) * (2 * (normals - fp) + (fp - fp_before));
    tp_before = tp;
    fp_before = fp;
  });
  return static_cast<double>(twice_u) / 2.0 / (static_cast<double>(normals) * static_cast<double>(anomalous_.size()));
}

double SortedScores::average_precision() const {
  if (normal_.empty() || anomalous_.empty()) return kUndefined;
  double sum = 0;
  std::int64_t tp_before = 0;
  for_each_threshold(normal_, anomalous_, [&](float, std::int64_t tp, std::int64_t fp) {
    if (tp > tp_before) sum += static_cast<double>(tp - tp_before) * ratio(tp, tp + fp);
    tp_before = tp;
  });
  return sum / static_cast<double>(anomalous_.size());
}

SortedScores::F1Max SortedScores::f1_max() const {
  if (normal_.empty() || anomalous_.empty()) return {kUndefined, kUndefined};
  const auto positives = static_cast<std::int64_t>(anomalous_.size());
  F1Max best{-1, kUndefined};
  for_each_threshold(normal_, anomalous_, [&](float threshold, std::int64_t tp, std::int64_t fp) {
    const double f1 = ratio(2 * tp, tp + fp + positives);
    if (f1 > best.f1) best = {f1, threshold};
  });
  return best;
}

std::vector<SortedScores::CurvePoint> SortedScores::curve(std::size_t max_points) const {
  VIGIE_CHECK(max_points >= 2, "SortedScores::curve", "a curve needs at least 2 points, got {}", max_points);
  std::vector<CurvePoint> points;
  if (normal_.empty() || anomalous_.empty()) return points;
  const auto normals = static_cast<std::int64_t>(normal_.size());
  const auto positives = static_cast<std::int64_t>(anomalous_.size());
  std::size_t distinct = 0;
  for_each_threshold(normal_, anomalous_, [&](float, std::int64_t, std::int64_t) { ++distinct; });

  // Thinned by progress along the curve (FPR + recall runs from 0 to 2), not by threshold: nearly all thresholds of a
  // pixel curve lie where nothing happens.
  const double step = distinct <= max_points ? 0.0 : 2.0 / static_cast<double>(max_points - 1);
  double next = 0;
  for_each_threshold(normal_, anomalous_, [&](float threshold, std::int64_t tp, std::int64_t fp) {
    const CurvePoint point{threshold, ratio(fp, normals), ratio(tp, positives), ratio(tp, tp + fp)};
    const double progress = point.false_positive_rate + point.recall;
    const bool last = tp == positives && fp == normals;
    if (progress < next && !last) return;
    if (points.size() + 1 == max_points && !last) return;
    points.push_back(point);
    next = progress + step;
  });
  return points;
}

}  // namespace vigie

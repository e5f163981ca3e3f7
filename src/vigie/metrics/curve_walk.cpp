#include "vigie/metrics/curve_walk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/metrics/ratio.h"

namespace vigie {

CurveWalk::CurveWalk(const CurveTotals& totals, const CurvePosition& start, const std::vector<double>& fpr_limits,
                     std::size_t curve_points)
    : totals_(totals),
      at_(start),
      best_{-1, std::numeric_limits<double>::quiet_NaN()},
      areas_(fpr_limits.size()),
      cells_(curve_points > 0 ? curve_points - 1 : 0) {
  for (const double limit : fpr_limits) limits_.push_back(limit * static_cast<double>(totals.normals));
}

void CurveWalk::add_area(std::int64_t false_positives, double overlap) {
  const auto x0 = static_cast<double>(at_.false_positives), x1 = static_cast<double>(false_positives);
  if (x1 == x0) return;
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const double end = std::min(x1, limits_[i]);
    if (end <= x0) continue;
    const double height = at_.overlap + (overlap - at_.overlap) * (end - x0) / (x1 - x0);
    areas_[i] += (end - x0) * (at_.overlap + height) / 2;
  }
}

void CurveWalk::pass(std::int64_t false_positives) {
  add_area(false_positives, at_.overlap);
  at_.false_positives = false_positives;
}

void CurveWalk::step(float score, std::int64_t tied, std::int64_t found, double overlap) {
  // Just above the score, the corner before the curve rises.
  if (cells_ > 0) draw(std::nextafter(score, std::numeric_limits<float>::infinity()));
  add_area(at_.false_positives + tied, at_.overlap + overlap);
  at_.false_positives += tied;
  at_.true_positives += found;
  at_.overlap += overlap;

  twice_u_ += found * (2 * (totals_.normals - at_.false_positives) + tied);
  const std::int64_t rejected = at_.true_positives + at_.false_positives;
  precision_sum_ += static_cast<double>(found) * ratio(at_.true_positives, rejected);
  const double f1 = ratio(2 * at_.true_positives, rejected + totals_.defects);
  if (f1 > best_.f1) best_ = {f1, score};
  if (cells_ > 0) draw(score);
}

std::int64_t CurveWalk::cell_of(const SortedScores::CurvePoint& point) const {
  return static_cast<std::int64_t>((point.false_positive_rate + point.recall) * static_cast<double>(cells_) / 2);
}

void CurveWalk::draw(float threshold) {
  const std::int64_t tp = at_.true_positives, fp = at_.false_positives;
  if (tp + fp == 0) return;
  const SortedScores::CurvePoint point{threshold, ratio(fp, totals_.normals), ratio(tp, totals_.defects),
                                       ratio(tp, tp + fp)};
  if (curve_.empty() || cell_of(curve_.back()) != cell_of(point)) curve_.push_back(point);
}

void CurveWalk::append(const CurveWalk& next) {
  at_ = next.at_;
  twice_u_ += next.twice_u_;
  precision_sum_ += next.precision_sum_;
  if (next.best_.f1 > best_.f1) best_ = next.best_;
  for (std::size_t i = 0; i < areas_.size(); ++i) areas_[i] += next.areas_[i];
  auto first = next.curve_.begin();
  if (!curve_.empty() && first != next.curve_.end() && cell_of(*first) == cell_of(curve_.back())) ++first;
  curve_.insert(curve_.end(), first, next.curve_.end());
}

std::vector<SortedScores::CurvePoint> CurveWalk::curve(float lowest) const {
  std::vector<SortedScores::CurvePoint> points = curve_;
  const SortedScores::CurvePoint end{lowest, 1, 1, ratio(totals_.defects, totals_.defects + totals_.normals)};
  if (!points.empty() && cell_of(points.back()) == cell_of(end)) points.pop_back();
  points.push_back(end);
  return points;
}

double CurveWalk::auroc() const {
  return static_cast<double>(twice_u_) / 2.0 /
         (static_cast<double>(totals_.normals) * static_cast<double>(totals_.defects));
}

double CurveWalk::average_precision() const {
  return precision_sum_ / static_cast<double>(totals_.defects);
}

std::vector<double> CurveWalk::aupro() const {
  std::vector<double> values;
  for (std::size_t i = 0; i < areas_.size(); ++i)
    values.push_back(areas_[i] / (limits_[i] * static_cast<double>(totals_.regions)));
  return values;
}

}  // namespace vigie

#pragma once

#include <cstdint>
#include <vector>

#include "vigie/metrics/scores.h"

namespace vigie {

/// How many pixels (and how much overlap) one set of numbers is taken over.
struct CurveTotals {
  std::int64_t normals = 0, defects = 0, regions = 0;
};

/// A point of the descent over thresholds: what is rejected so far.
struct CurvePosition {
  std::int64_t false_positives = 0, true_positives = 0;
  double overlap = 0;  ///< sum over regions of the share found
};

/// Sums up AUROC, AP, F1-max, AUPRO and the drawn curve along a stretch of the thresholds, highest first. Only scores
/// of defect pixels need a step: between two of them recall and overlap stand still, so that all the thresholds there
/// add one flat piece. Stretches are walked apart and joined in order with append().
class CurveWalk {
 public:
  /// fpr_limits: of AUPRO. curve_points: at most so many in all stretches together, 0: none.
  CurveWalk(const CurveTotals& totals, const CurvePosition& start, const std::vector<double>& fpr_limits,
            std::size_t curve_points);

  /// Down to where `false_positives` normal pixels are rejected, through scores that no defect pixel has.
  void pass(std::int64_t false_positives);
  /// The threshold `score`: `found` (> 0) defect pixels worth `overlap` have it, and `tied` normal pixels.
  void step(float score, std::int64_t tied, std::int64_t found, double overlap);
  /// Adds what a later stretch has summed up; its start must be this one's end.
  void append(const CurveWalk& next);

  double auroc() const;
  double average_precision() const;
  SortedScores::F1Max f1_max() const { return best_; }
  std::vector<double> aupro() const;  ///< one per limit
  /// From the first step to (1, 1), which all scores from `lowest` on reach.
  std::vector<SortedScores::CurvePoint> curve(float lowest) const;

 private:
  void add_area(std::int64_t false_positives, double overlap);
  std::int64_t cell_of(const SortedScores::CurvePoint& point) const;
  void draw(float threshold);

  CurveTotals totals_;
  CurvePosition at_;
  std::vector<double> limits_;  ///< in false positives
  std::int64_t twice_u_ = 0;    ///< twice the Mann-Whitney statistic, so that half a tie is a whole number
  double precision_sum_ = 0;    ///< over defect pixels
  SortedScores::F1Max best_;
  std::vector<double> areas_;  ///< under the summed overlap, over false positives
  std::size_t cells_ = 0;      ///< the curve's progress 0 … 2 (FPR + recall) in so many steps; 0: not drawn
  std::vector<SortedScores::CurvePoint> curve_;  ///< one in a cell
};

}  // namespace vigie

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigie {

/// Scores of one yes/no question, sorted: the common ground of AUROC, AP, F1-max and the curves.
/// Sorting is a radix sort on the float bits, O(n); memory one copy of each side plus scratch of the larger.
/// Scores must be finite; throws InvalidArgument with the index of the first that is not.
class SortedScores {
 public:
  /// normal: scores of the negatives; anomalous: of the positives.
  SortedScores(std::vector<float> normal, std::vector<float> anomalous);

  std::span<const float> normal() const { return normal_; }        ///< descending
  std::span<const float> anomalous() const { return anomalous_; }  ///< descending

  /// Area under the ROC curve, Mann–Whitney, ties counted half. NaN when a side is empty.
  double auroc() const;
  /// Average precision: sum (R_i − R_{i−1})·P_i over distinct thresholds, descending. NaN when a side is empty.
  double average_precision() const;

  struct F1Max {
    double f1 = 0;         ///< NaN when a side is empty
    double threshold = 0;  ///< the (highest) threshold reaching it; reject when score >= threshold
  };
  /// Best F1 over all distinct thresholds: an oracle, it has seen the labels.
  F1Max f1_max() const;

  /// Points of a curve after every distinct threshold, thinned to at most max_points (>= 2; ends kept) for drawing.
  /// Empty when a side is empty. Thinned by distance along the curve, so that it keeps its shape.
  struct CurvePoint {
    double threshold, false_positive_rate, recall, precision;
  };
  std::vector<CurvePoint> curve(std::size_t max_points) const;

 private:
  std::vector<float> normal_;
  std::vector<float> anomalous_;
};

/// Counts and rates at a deployed threshold (reject when score >= threshold). Undefined rates are NaN.
struct ThresholdMetrics {
  std::int64_t true_positives = 0, false_positives = 0, true_negatives = 0, false_negatives = 0;
  double precision() const;
  double recall() const;
  double f1() const;
  double accuracy() const;
  double false_positive_rate() const;
};
ThresholdMetrics at_threshold(std::span<const float> normal, std::span<const float> anomalous, double threshold);

}  // namespace vigie

#include <algorithm>

#include "vigie/metrics/ratio.h"
#include "vigie/metrics/scores.h"

namespace vigie {

double ThresholdMetrics::precision() const {
  return ratio(true_positives, true_positives + false_positives);
}

double ThresholdMetrics::recall() const {
  return ratio(true_positives, true_positives + false_negatives);
}

double ThresholdMetrics::f1() const {
  return ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
}

double ThresholdMetrics::accuracy() const {
  const std::int64_t right = true_positives + true_negatives;
  return ratio(right, right + false_positives + false_negatives);
}

double ThresholdMetrics::false_positive_rate() const {
  return ratio(false_positives, false_positives + true_negatives);
}

ThresholdMetrics at_threshold(std::span<const float> normal, std::span<const float> anomalous, double threshold) {
  const auto rejected = [&](float score) { return score >= threshold; };
  ThresholdMetrics metrics;
  metrics.false_positives = std::count_if(normal.begin(), normal.end(), rejected);
  metrics.true_negatives = static_cast<std::int64_t>(normal.size()) - metrics.false_positives;
  metrics.true_positives = std::count_if(anomalous.begin(), anomalous.end(), rejected);
  metrics.false_negatives = static_cast<std::int64_t>(anomalous.size()) - metrics.true_positives;
  return metrics;
}

}  // namespace vigie

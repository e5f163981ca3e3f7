#pragma once

#include <string>
#include <vector>

#include "vigie/decision/heat_range.h"
#include "vigie/report/report.h"

namespace vigie {

/// What became of a part at the deployed threshold.
enum class Outcome { Missed, FalseAlarm, Found, Passed };
const char* slug_of(Outcome outcome);   ///< "false-alarm": CSS class and filter
const char* title_of(Outcome outcome);  ///< "false alarm"

/// Equal score bins with the threshold on an edge, so that every bar of the histogram is wholly accepted or wholly
/// rejected.
class ScoreBins {
 public:
  ScoreBins() = default;
  /// At most `wanted` + 1 bins over the scores and the threshold (NaN: the scores alone).
  ScoreBins(const std::vector<ImageEvidence>& images, double threshold, int wanted);
  std::size_t count() const { return count_; }
  double edge(std::size_t i) const { return first_ + static_cast<double>(i) * width_; }
  std::size_t index_of(double score) const;

 private:
  double first_ = 0, width_ = 1, threshold_ = 0;
  std::size_t count_ = 0, rejected_ = 0;  ///< rejected_: the first bin at or above the threshold
};

/// Colours of all heat maps of one report: `low` is the usual value of a normal pixel, `high` a hot one.
HeatRange heat_scale(const std::vector<ImageEvidence>& images, double pixel_threshold);

/// What the parts of a report share, worked out once.
struct ReportView {
  explicit ReportView(const ReportInput& report_input);

  const ReportInput& input;
  const std::vector<ImageEvidence>& images;
  bool has_maps = false, has_masks = false;
  std::vector<std::string> defects;  ///< types by name, "good" not among them
  float lowest_score = 0, highest_score = 0;
  ScoreBins bins;
  HeatRange heat;

  double threshold() const { return input.evaluation.thresholds.image; }
  Outcome outcome_of(const ImageEvidence& image) const;
  /// CSS class of the colour of a defect type, or of "good".
  std::string tone_of(const std::string& defect) const;
};

}  // namespace vigie

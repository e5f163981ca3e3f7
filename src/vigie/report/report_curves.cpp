#include <cmath>

#include "vigie/evaluation/format.h"
#include "vigie/evaluation/pixel_scores.h"
#include "vigie/metrics/pixel_metrics.h"
#include "vigie/report/html.h"
#include "vigie/report/report_parts.h"
#include "vigie/report/svg_plot.h"

namespace vigie {
namespace {

SortedScores image_scores(const ReportView& view) {
  std::vector<float> good, anomalous;
  for (const ImageEvidence& image : view.images) (image.anomalous() ? anomalous : good).push_back(image.score);
  return {std::move(good), std::move(anomalous)};
}

/// A level's curve and the deployed point on it.
struct LevelCurve {
  std::vector<SortedScores::CurvePoint> points;  ///< none: one side is empty
  ThresholdMetrics at;
};

constexpr std::size_t kMaxPoints = 400;

LevelCurve image_curve(const ReportView& view, double threshold) {
  const SortedScores scores = image_scores(view);
  return {scores.curve(kMaxPoints), at_threshold(scores.normal(), scores.anomalous(), threshold)};
}

LevelCurve pixel_curve(const ReportView& view, double threshold) {
  const std::vector<ScoredMap> maps = scored_maps(pixel_evidence(view.images));
  return {pixel_metrics(maps, {{}, kMaxPoints}).curve, pixels_at_threshold(maps, threshold)};
}

/// Adds one curve and the deployed point to both charts. Returns false when a side is empty.
bool add_curves(const LevelCurve& curve, double threshold, const std::string& level, LineChart& roc, LineChart& pr) {
  if (curve.points.empty()) return false;
  PlotLine roc_line{"tone-" + level, {{0, 0}}, false}, pr_line{"tone-" + level, {}, false};
  for (const auto& point : curve.points) {
    roc_line.points.push_back({point.false_positive_rate, point.recall});
    if (pr_line.points.empty()) pr_line.points.push_back({0, point.precision});
    pr_line.points.push_back({point.recall, point.precision});
  }
  roc.lines.push_back(std::move(roc_line));
  pr.lines.push_back(std::move(pr_line));
  if (std::isnan(threshold)) return true;
  const ThresholdMetrics& at = curve.at;
  roc.markers.push_back({"tone-" + level,
                         {at.false_positive_rate(), at.recall()},
                         "",
                         fmt::format("{} level at the deployed threshold {}: recall {}, false positive rate {}", level,
                                     format_score(threshold), format_number(at.recall(), 3),
                                     format_number(at.false_positive_rate(), 4))});
  if (!std::isnan(at.precision())) {
    pr.markers.push_back(
        {"tone-" + level,
         {at.recall(), at.precision()},
         "",
         fmt::format("{} level at the deployed threshold {}: precision {}, recall {}", level, format_score(threshold),
                     format_number(at.precision(), 3), format_number(at.recall(), 3))});
  }
  return true;
}

}  // namespace

std::string report_curves(const ReportView& view) {
  LineChart roc{{"false positive rate"}, {"recall (true positive rate)"}, {}, {}};
  LineChart pr{{"recall"}, {"precision"}, {}, {}};
  roc.lines.push_back({"tone-chance", {{0, 0}, {1, 1}}, true});
  std::vector<std::string> names, tones;
  const Thresholds& thresholds = view.input.evaluation.thresholds;
  if (add_curves(image_curve(view, thresholds.image), thresholds.image, "image", roc, pr)) {
    names.emplace_back("images");
    tones.emplace_back("tone-image");
  }
  if (view.has_maps && add_curves(pixel_curve(view, thresholds.pixel), thresholds.pixel, "pixel", roc, pr)) {
    names.emplace_back("pixels");
    tones.emplace_back("tone-pixel");
  }
  if (names.empty()) return "";
  return html_section("curves", "Curves", "The dot is the deployed threshold; the line shows every other choice.",
                      html_legend(names, tones) + "<div class=\"columns\"><div><h3>ROC</h3>" + svg_line_chart(roc) +
                          "</div>\n<div><h3>Precision and recall</h3>" + svg_line_chart(pr) + "</div></div>\n");
}

}  // namespace vigie

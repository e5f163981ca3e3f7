#include <algorithm>

#include "vigie/evaluation/format.h"
#include "vigie/report/html.h"
#include "vigie/report/report_parts.h"
#include "vigie/report/svg_plot.h"

namespace vigie {
namespace {

/// A button that shows these parts in the gallery. `of`: all parts of this truth.
std::string confusion_cell(Outcome outcome, std::int64_t count, std::int64_t of) {
  const double share = of > 0 ? static_cast<double>(count) / static_cast<double>(of) : 0;
  return fmt::format(
      "<td><button type=\"button\" class=\"cell {0}\" data-verdict=\"{0}\" style=\"--share:{1:.3f}\"><b>{2}</b>"
      "<span>{3}</span><em>{4}</em></button></td>",
      slug_of(outcome), share, count, title_of(outcome), of > 0 ? fmt::format("{:.1f} %", 100 * share) : "n/a");
}

std::string confusion_html(const ReportView& view) {
  const ThresholdMetrics& counts = view.input.evaluation.at_threshold;
  const std::int64_t defective = counts.true_positives + counts.false_negatives;
  const std::int64_t good = counts.true_negatives + counts.false_positives;
  return fmt::format(
      "<table class=\"confusion\"><thead><tr><th></th><th>rejected</th><th>accepted</th></tr></thead><tbody>"
      "<tr><th>defective<small>{}</small></th>{}{}</tr>\n<tr><th>good<small>{}</small></th>{}{}</tr></tbody></table>\n",
      defective, confusion_cell(Outcome::Found, counts.true_positives, defective),
      confusion_cell(Outcome::Missed, counts.false_negatives, defective), good,
      confusion_cell(Outcome::FalseAlarm, counts.false_positives, good),
      confusion_cell(Outcome::Passed, counts.true_negatives, good));
}

Histogram score_histogram(const ReportView& view) {
  Histogram histogram;
  histogram.x_label = "image score";
  histogram.y_label = "images";
  histogram.threshold = view.threshold();
  histogram.size = {640, 330};
  histogram.names.emplace_back("good");
  histogram.names.insert(histogram.names.end(), view.defects.begin(), view.defects.end());
  for (const std::string& name : histogram.names) histogram.tones.push_back(view.tone_of(name));
  for (std::size_t i = 0; i < view.bins.count(); ++i) {
    histogram.bins.push_back(
        {view.bins.edge(i), view.bins.edge(i + 1), std::vector<std::int64_t>(histogram.names.size())});
  }
  for (const ImageEvidence& image : view.images) {
    const auto series = std::find(histogram.names.begin(), histogram.names.end(), image.defect);
    ++histogram.bins[view.bins.index_of(image.score)]
          .counts[static_cast<std::size_t>(series - histogram.names.begin())];
  }
  return histogram;
}

}  // namespace

std::string report_decision(const ReportView& view) {
  if (view.images.empty()) return "";
  const Histogram histogram = score_histogram(view);
  std::string content = "<div class=\"columns narrow-first\"><div>" + confusion_html(view) + "</div>\n<div>" +
                        html_legend(histogram.names, histogram.tones) + svg_histogram(histogram) + "</div></div>\n";
  return html_section(
      "decision", "At the deployed threshold",
      "A part is rejected when its score reaches the threshold. Click a cell or a bar to see its images.", content);
}

}  // namespace vigie

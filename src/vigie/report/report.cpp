#include "vigie/report/report.h"

#include <algorithm>

#include "vigie/evaluation/format.h"
#include "vigie/io/file.h"
#include "vigie/report/html.h"
#include "vigie/report/report_parts.h"

namespace vigie {
namespace {

/// "Finds 61 of 63 defective parts and rejects 1 of 20 good ones at the calibrated threshold."
std::string verdict_html(const Evaluation& numbers) {
  const ThresholdMetrics& at = numbers.at_threshold;
  const bool many_missed = 10 * at.false_negatives > numbers.anomalous_images;
  const std::string found = fmt::format("finds <b class=\"{}\">{} of {}</b> defective parts",
                                        many_missed ? "missed" : "found", at.true_positives, numbers.anomalous_images);
  const std::string rejected =
      fmt::format("rejects <b class=\"{}\">{} of {}</b> good ones", at.false_positives > 0 ? "false-alarm" : "passed",
                  at.false_positives, numbers.good_images);
  if (numbers.anomalous_images == 0 && numbers.good_images == 0) return "No test image was given.";
  const std::string sentence = numbers.good_images == 0        ? found
                               : numbers.anomalous_images == 0 ? rejected
                                                               : found + " and " + rejected;
  return fmt::format("It {} at the calibrated threshold.", sentence);
}

}  // namespace

std::string report_header(const ReportView& view) {
  std::string html = fmt::format(
      "<header class=\"top\">{}\n<h1>{}</h1>\n"
      "<p class=\"verdict\">{}</p>\n<nav>",
      html_brand("evaluation"), escape_html(view.input.title), verdict_html(view.input.evaluation));
  html += "<a href=\"#numbers\">Numbers</a><a href=\"#decision\">Decision</a><a href=\"#curves\">Curves</a>";
  if (!view.defects.empty()) html += "<a href=\"#defects\">Defect types</a>";
  html += "<a href=\"#gallery\">Images</a>";
  if (!view.input.losses.empty()) html += "<a href=\"#training\">Training</a>";
  return html + "<a href=\"#facts\">Facts</a></nav></header>\n";
}

std::string report_facts(const ReportView& view) {
  const Evaluation& numbers = view.input.evaluation;
  std::string content = "<dl class=\"facts\">\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    content += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
  };
  for (const auto& [name, value] : view.input.facts) add(name, value);
  add("test images", fmt::format("{} good, {} defective", numbers.good_images, numbers.anomalous_images));
  add("image threshold", format_score(numbers.thresholds.image));
  if (view.has_maps) add("pixel threshold", format_score(numbers.thresholds.pixel));
  add("oracle image threshold", format_score(numbers.image_f1_max_threshold));
  return html_section("facts", "Facts", "", content + "</dl>\n");
}

std::string report_scores(const ReportView& view) {
  std::vector<const ImageEvidence*> images;
  for (const ImageEvidence& image : view.images) images.push_back(&image);
  std::sort(images.begin(), images.end(), [](const auto* a, const auto* b) { return a->image < b->image; });
  std::string content = fmt::format(
      "<details class=\"all-scores\"><summary>{}</summary><div class=\"scroll\"><table class=\"sortable\">"
      "<thead><tr><th>image</th><th>type</th><th class=\"number\">score</th><th>verdict</th></tr>"
      "</thead><tbody>\n",
      format_count(images.size(), "score"));
  for (const ImageEvidence* image : images) {
    const Outcome outcome = view.outcome_of(*image);
    content += fmt::format(
        "<tr class=\"{} {}\"><td>{}</td><td class=\"kind\"><i></i>{}</td><td class=\"number\" "
        "data-value=\"{}\">{}</td><td><span class=\"badge\">{}</span></td></tr>\n",
        view.tone_of(image->defect), slug_of(outcome), escape_html(image->image), escape_html(image->defect),
        image->score, format_score(image->score), title_of(outcome));
  }
  return html_section("scores", "All scores", "", content + "</tbody></table></div></details>\n");
}

void write_report(const std::filesystem::path& path, const ReportInput& input) {
  VIGIE_CHECK(input.images != nullptr, "report", "no images given");
  const ReportView view(input);
  AtomicFile file(path);
  file.write(html_page(input.title, report_header(view) + "<main>\n" + report_metrics(view) + report_decision(view) +
                                        report_curves(view) + report_defect_types(view) + report_gallery(view) +
                                        report_training(view) + report_facts(view) + report_scores(view) + "</main>"));
  file.commit();
}

}  // namespace vigie

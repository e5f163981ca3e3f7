#include <algorithm>
#include <cmath>

#include "vigie/evaluation/format.h"
#include "vigie/report/html.h"
#include "vigie/report/report_parts.h"

namespace vigie {
namespace {

struct MetricCard {
  const char* name;
  const char* note;  ///< what the name leaves open
  double value;
  const char* definition;
};

std::string card_html(const MetricCard& card) {
  const double share = std::isnan(card.value) ? 0 : std::clamp(card.value, 0.0, 1.0);
  return fmt::format(
      "<details class=\"metric{}\" title=\"{}\"><summary><span class=\"what\">{} <em>{}</em></span><b>{}</b>"
      "<span class=\"gauge\"><i style=\"width:{:.1f}%\"></i></span></summary><p>{}</p></details>\n",
      std::isnan(card.value) ? " undefined" : "", card.definition, card.name, card.note, format_number(card.value, 3),
      100 * share, card.definition);
}

std::string cards_html(const char* title, const std::vector<MetricCard>& cards) {
  std::string html = fmt::format("<h3>{}</h3>\n<div class=\"metrics\">\n", title);
  for (const MetricCard& card : cards) html += card_html(card);
  return html + "</div>\n";
}

std::vector<MetricCard> image_cards(const Evaluation& numbers) {
  const ThresholdMetrics& deployed = numbers.at_threshold;
  return {
      {"AUROC", "image", numbers.image_auroc,
       "The chance that a defective part scores higher than a good one: 1 is perfect, 0.5 is guessing. Needs no "
       "threshold."},
      {"Average precision", "image", numbers.image_ap,
       "Precision averaged over recall as the threshold falls; unlike AUROC it depends on how rare defects are."},
      {"F1", "deployed", deployed.f1(),
       "Harmonic mean of precision and recall at the calibrated threshold, which has seen no defect."},
      {"Precision", "deployed", deployed.precision(), "Share of the rejected parts that are truly defective."},
      {"Recall", "deployed", deployed.recall(), "Share of the defective parts that are rejected."},
      {"F1 max", "oracle", numbers.image_f1_max,
       "The best F1 over all thresholds, picked with the labels of this very test set: a ceiling, never what a line "
       "gets."},
  };
}

std::vector<MetricCard> pixel_cards(const Evaluation& numbers) {
  return {
      {"AUROC", "pixel, all images", numbers.pixel_auroc,
       "The chance that a defect pixel has a higher map value than a normal pixel of any test image."},
      {"AUROC", "pixel, anomalous", numbers.pixel_auroc_anomalous,
       "As before, but only against the normal pixels of defective parts."},
      {"Average precision", "pixel", numbers.pixel_ap,
       "Precision averaged over recall of defect pixels; strict, since defect pixels are rare."},
      {"AUPRO", "to FPR 0.3, all images", numbers.aupro,
       "Mean share of each defect region that is marked, averaged over false positive rates from 0 to 0.3; small "
       "defects "
       "count as much as large ones."},
      {"AUPRO", "to FPR 0.3, anomalous", numbers.aupro_anomalous,
       "As before, with false positives counted on defective parts only."},
      {"AUPRO", "to FPR 0.05, all images", numbers.aupro_05,
       "Region overlap where hardly any normal pixel is marked (the MVTec AD 2 setting)."},
      {"AUPIMO", "FPR 1e-5 to 1e-4", numbers.aupimo,
       "Share of the defect marked at thresholds that leave good parts almost untouched, averaged over defective "
       "parts."},
      {"IoU", "deployed", numbers.iou,
       "Marked and true defect pixels in common, divided by all that are either, at the calibrated pixel threshold."},
      {"IoU per region", "deployed", numbers.iou_per_region,
       "IoU of each true region with the marks that touch it, averaged over regions."},
      {"Dice", "deployed", numbers.dice, "F1 of the pixels at the calibrated pixel threshold."},
      {"F1 max", "pixel, oracle", numbers.pixel_f1_max,
       "The best pixel F1 over all thresholds, picked with the labels: a ceiling."},
  };
}

}  // namespace

std::string report_metrics(const ReportView& view) {
  const Evaluation& numbers = view.input.evaluation;
  std::string content = cards_html("Does it find the defective parts?", image_cards(numbers));
  if (view.has_maps) content += cards_html("Does it show where the defect is?", pixel_cards(numbers));
  return html_section("numbers", "Numbers", "Hover over a number, or open it, for what it means.", content);
}

std::string report_defect_types(const ReportView& view) {
  const std::vector<DefectTypeMetrics>& types = view.input.evaluation.defect_types;
  if (types.empty()) return "";
  const auto cell = [](double value) {
    if (std::isnan(value)) return std::string("<td class=\"number undefined\">n/a</td>");
    return fmt::format(
        "<td class=\"number\" data-value=\"{0:.6f}\"><span class=\"meter\"><i style=\"width:{1:.1f}%\"></i>"
        "</span>{0:.3f}</td>",
        value, 100 * std::clamp(value, 0.0, 1.0));
  };
  std::string content =
      "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>defect</th><th class=\"number\">images</th>"
      "<th class=\"number\">image AUROC</th><th class=\"number\">found at threshold</th>";
  content += view.has_maps ? "<th class=\"number\">pixel AUROC</th>" : "";
  content += "<th class=\"number\">median area</th></tr></thead><tbody>\n";
  for (const DefectTypeMetrics& type : types) {
    content += fmt::format("<tr class=\"{}\"><td class=\"kind\"><i></i>{}</td><td class=\"number\">{}</td>",
                           view.tone_of(type.defect), escape_html(type.defect), type.images);
    content += cell(type.image_auroc) + cell(type.recall_at_threshold) + (view.has_maps ? cell(type.pixel_auroc) : "");
    content += std::isnan(type.median_area_share)
                   ? "<td class=\"number undefined\">n/a</td></tr>\n"
                   : fmt::format("<td class=\"number\" data-value=\"{:.8f}\">{:.2f} %</td></tr>\n",
                                 type.median_area_share, 100 * type.median_area_share);
  }
  return html_section("defects", "Defect types", "Each type against all good parts.",
                      content + "</tbody></table></div>\n");
}

}  // namespace vigie

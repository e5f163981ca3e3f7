#include "vigie/evaluation/metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "vigie/evaluation/format.h"

namespace vigie {

namespace {

std::string cell(std::string_view name, double value) {
  return fmt::format("  {:<24} {:>7}\n", name, format_number(value, 4));
}

std::string image_block(const Evaluation& e) {
  return fmt::format("image level ({} good, {} defective)\n", e.good_images, e.anomalous_images) +
         cell("AUROC", e.image_auroc) + cell("average precision", e.image_ap) + cell("F1 max (oracle)", e.image_f1_max);
}

std::string threshold_block(const Evaluation& e) {
  const ThresholdMetrics& at = e.at_threshold;
  return fmt::format("at the deployed threshold {}\n", format_score(e.thresholds.image)) +
         fmt::format("  {} of {} defective parts found, {} of {} good parts rejected\n", at.true_positives,
                     at.true_positives + at.false_negatives, at.false_positives,
                     at.false_positives + at.true_negatives) +
         cell("precision", at.precision()) + cell("recall", at.recall()) + cell("F1", at.f1()) +
         cell("accuracy", at.accuracy());
}

std::string pixel_block(const Evaluation& e) {
  if (std::isnan(e.pixel_auroc)) return "pixel level: n/a (no maps or no masks)\n";
  return "pixel level\n" + cell("AUROC", e.pixel_auroc) + cell("AUROC (anomalous only)", e.pixel_auroc_anomalous) +
         cell("average precision", e.pixel_ap) + cell("AUPRO to FPR 0.3", e.aupro) +
         cell("  (anomalous only)", e.aupro_anomalous) + cell("AUPRO to FPR 0.05", e.aupro_05) +
         cell("AUPIMO", e.aupimo) + cell("IoU at threshold", e.iou) + cell("Dice at threshold", e.dice);
}

std::string defect_block(const Evaluation& e) {
  std::size_t width = 12;
  for (const DefectTypeMetrics& type : e.defect_types) width = std::max(width, type.defect.size());
  std::string text = fmt::format("{:<{}}  images  image AUROC  pixel AUROC  recall\n", "defect type", width);
  for (const DefectTypeMetrics& type : e.defect_types)
    text += fmt::format("{:<{}}  {:>6}  {:>11}  {:>11}  {:>6}\n", type.defect, width, type.images,
                        format_number(type.image_auroc, 4), format_number(type.pixel_auroc, 4),
                        format_number(type.recall_at_threshold, 3));
  return text;
}

}  // namespace

std::string table_from_evaluation(const Evaluation& evaluation) {
  return image_block(evaluation) + threshold_block(evaluation) + pixel_block(evaluation) + defect_block(evaluation);
}

}  // namespace vigie

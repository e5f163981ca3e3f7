#include "vigie/evaluation/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "vigie/core/median.h"
#include "vigie/core/threads.h"
#include "vigie/evaluation/pixel_scores.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/pixel_metrics.h"

namespace vigie {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kWhere = "evaluate_evidence";

/// The names of images are at hand here and nowhere below, so faults are reported here.
void check_evidence(const ImageEvidence& image) {
  VIGIE_CHECK(std::isfinite(image.score), kWhere, "image '{}': its score is {}", image.image, image.score);
  if (image.map.empty()) return;
  VIGIE_CHECK(image.map.rank() == 2, kWhere, "image '{}': a map is [H W], got {}", image.image,
              to_string(image.map.shape()));
  VIGIE_CHECK(image.mask.empty() || image.mask.shape() == image.map.shape(), kWhere,
              "image '{}': map {} and mask {} differ in size; bring both to the same frame", image.image,
              to_string(image.map.shape()), to_string(image.mask.shape()));
  const auto values = image.map.values<float>();
  const std::size_t bad = first_not_finite(values);
  VIGIE_CHECK(bad == values.size(), kWhere, "image '{}': its map holds {}", image.image, values[bad]);
}

double mean_of_defined(const std::vector<double>& values) {
  double sum = 0;
  std::int64_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : kUndefined;
}

void evaluate_images(const std::vector<float>& good, const std::vector<float>& anomalous, Evaluation& result) {
  result.good_images = static_cast<std::int64_t>(good.size());
  result.anomalous_images = static_cast<std::int64_t>(anomalous.size());
  const SortedScores scores(good, anomalous);
  result.image_auroc = scores.auroc();
  result.image_ap = scores.average_precision();
  const SortedScores::F1Max best = scores.f1_max();
  result.image_f1_max = best.f1;
  result.image_f1_max_threshold = std::isnan(best.f1) ? kUndefined : best.threshold;
  // Without a threshold nothing was decided: all counts stay zero and every rate undefined.
  if (!std::isnan(result.thresholds.image)) {
    result.at_threshold = at_threshold(good, anomalous, result.thresholds.image);
  }
}

/// Group 0 holds the good images, group t + 1 those of defect type t.
std::vector<std::size_t> groups_of(const EvidenceList& list, const std::vector<DefectTypeMetrics>& types) {
  std::vector<std::size_t> groups;
  for (const ImageEvidence* image : list) {
    const auto type = std::find_if(types.begin(), types.end(),
                                   [&](const DefectTypeMetrics& other) { return other.defect == image->defect; });
    groups.push_back(image->anomalous() ? static_cast<std::size_t>(type - types.begin()) + 1 : 0);
  }
  return groups;
}

/// What the thresholds sort: all images, anomalous images, and every type with pixel labels beside the good images.
void evaluate_curves(const std::vector<ScoredMap>& maps, const std::vector<std::size_t>& groups, Evaluation& result) {
  const std::set<std::size_t> present(groups.begin(), groups.end());
  std::vector<std::vector<std::size_t>> selections{{present.begin(), present.end()},
                                                   {present.upper_bound(0), present.end()}};
  for (const std::size_t type : selections[1]) {
    selections.push_back({type});
    if (present.contains(0)) selections.back().push_back(0);
  }
  const std::vector<PixelMetrics> metrics = pixel_metrics(maps, groups, selections, {{0.3, 0.05}, 0});
  result.pixel_auroc = metrics[0].auroc;
  result.pixel_ap = metrics[0].average_precision;
  result.pixel_f1_max = metrics[0].f1_max;
  result.aupro = metrics[0].aupro[0];
  result.aupro_05 = metrics[0].aupro[1];
  result.pixel_auroc_anomalous = metrics[1].auroc;
  result.aupro_anomalous = metrics[1].aupro[0];
  for (std::size_t s = 2; s < selections.size(); ++s)
    result.defect_types[selections[s][0] - 1].pixel_auroc = metrics[s].auroc;
}

void evaluate_pixels(const std::vector<ImageEvidence>& images, Evaluation& result) {
  result.pixel_auroc = result.pixel_ap = result.pixel_f1_max = result.pixel_auroc_anomalous = kUndefined;
  result.aupro = result.aupro_anomalous = result.aupro_05 = result.aupimo = kUndefined;
  result.iou = result.dice = result.iou_per_region = kUndefined;
  const EvidenceList list = pixel_evidence(images);
  if (std::none_of(list.begin(), list.end(), [](const ImageEvidence* image) { return image->anomalous(); })) return;
  const std::vector<ScoredMap> maps = scored_maps(list);
  evaluate_curves(maps, groups_of(list, result.defect_types), result);
  result.aupimo = mean_of_defined(aupimo(maps));
  if (std::isnan(result.thresholds.pixel)) return;
  const OverlapAtThreshold overlap = overlap_at_threshold(maps, result.thresholds.pixel);
  result.iou = overlap.iou_pooled;
  result.dice = overlap.dice_pooled;
  result.iou_per_region = overlap.iou_per_region;
}

/// All but the pixel AUROC of one type, from its images.
DefectTypeMetrics evaluate_type(const std::string& defect, const EvidenceList& images,
                                const std::vector<float>& good_scores, double threshold) {
  DefectTypeMetrics result;
  result.defect = defect;
  result.images = static_cast<std::int64_t>(images.size());
  std::vector<float> scores;
  std::vector<double> shares;
  for (const ImageEvidence* image : images) {
    scores.push_back(image->score);
    if (!image->mask.empty()) {
      shares.push_back(static_cast<double>(defect_pixels(*image)) / static_cast<double>(image->mask.count()));
    }
  }
  result.recall_at_threshold = std::isnan(threshold) ? kUndefined : at_threshold({}, scores, threshold).recall();
  result.image_auroc = SortedScores(good_scores, std::move(scores)).auroc();
  result.median_area_share = median_of(std::move(shares));
  result.pixel_auroc = kUndefined;
  return result;
}

}  // namespace

Evaluation evaluate_evidence(const std::vector<ImageEvidence>& images, const Thresholds& thresholds) {
  parallel_for(static_cast<std::int64_t>(images.size()),
               [&](std::int64_t i) { check_evidence(images[static_cast<std::size_t>(i)]); });
  std::vector<float> good_scores, anomalous_scores;
  std::map<std::string, EvidenceList> types;
  for (const ImageEvidence& image : images) {
    (image.anomalous() ? anomalous_scores : good_scores).push_back(image.score);
    if (image.anomalous()) types[image.defect].push_back(&image);
  }
  Evaluation result;
  result.thresholds = thresholds;
  evaluate_images(good_scores, anomalous_scores, result);
  for (const auto& [defect, list] : types)
    result.defect_types.push_back(evaluate_type(defect, list, good_scores, thresholds.image));
  evaluate_pixels(images, result);
  return result;
}

}  // namespace vigie

#include "vigie/evaluation/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "vigie/evaluation/pixel_scores.h"
#include "vigie/metrics/overlap.h"

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
  for (const float value : image.map.values<float>()) {
    VIGIE_CHECK(std::isfinite(value), kWhere, "image '{}': its map holds {}", image.image, value);
  }
}

EvidenceList pixel_evidence(const std::vector<ImageEvidence>& images, bool with_good) {
  EvidenceList list;
  for (const ImageEvidence& image : images) {
    if (has_pixel_evidence(image) && (with_good || image.anomalous())) list.push_back(&image);
  }
  return list;
}

std::vector<ScoredMap> scored_maps(const EvidenceList& list) {
  std::vector<ScoredMap> maps;
  for (const ImageEvidence* image : list) maps.push_back({image->map, image->mask});
  return maps;
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

double median_of(std::vector<double> values) {
  if (values.empty()) return kUndefined;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
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

void evaluate_pixels(const std::vector<ImageEvidence>& images, Evaluation& result) {
  result.pixel_auroc = result.pixel_ap = result.pixel_f1_max = result.pixel_auroc_anomalous = kUndefined;
  result.aupro = result.aupro_anomalous = result.aupro_05 = result.aupimo = kUndefined;
  result.iou = result.dice = result.iou_per_region = kUndefined;
  const EvidenceList all = pixel_evidence(images, true);
  const EvidenceList anomalous = pixel_evidence(images, false);
  if (anomalous.empty()) return;
  {
    const SortedScores scores = sorted_pixels(all);
    result.pixel_auroc = scores.auroc();
    result.pixel_ap = scores.average_precision();
    result.pixel_f1_max = scores.f1_max().f1;
  }
  result.pixel_auroc_anomalous = sorted_pixels(anomalous).auroc();

  const std::vector<ScoredMap> maps = scored_maps(all);
  const std::vector<double> pro = aupro(maps, std::vector<double>{0.3, 0.05});
  result.aupro = pro[0];
  result.aupro_05 = pro[1];
  result.aupro_anomalous = aupro(scored_maps(anomalous), 0.3);
  result.aupimo = mean_of_defined(aupimo(maps));
  if (std::isnan(result.thresholds.pixel)) return;
  const OverlapAtThreshold overlap = overlap_at_threshold(maps, result.thresholds.pixel);
  result.iou = overlap.iou_pooled;
  result.dice = overlap.dice_pooled;
  result.iou_per_region = overlap.iou_per_region;
}

/// `images`: of one type; `good`: all good images.
DefectTypeMetrics evaluate_type(const std::string& defect, const EvidenceList& images, const EvidenceList& good,
                                const std::vector<float>& good_scores, double threshold) {
  DefectTypeMetrics result;
  result.defect = defect;
  result.images = static_cast<std::int64_t>(images.size());
  std::vector<float> scores;
  std::vector<double> shares;
  EvidenceList pixels;
  for (const ImageEvidence* image : images) {
    scores.push_back(image->score);
    if (!image->mask.empty()) {
      shares.push_back(static_cast<double>(defect_pixels(*image)) / static_cast<double>(image->mask.count()));
    }
    if (has_pixel_evidence(*image)) pixels.push_back(image);
  }
  result.recall_at_threshold = std::isnan(threshold) ? kUndefined : at_threshold({}, scores, threshold).recall();
  result.image_auroc = SortedScores(good_scores, std::move(scores)).auroc();
  result.median_area_share = median_of(std::move(shares));
  result.pixel_auroc = kUndefined;
  if (!pixels.empty()) {
    pixels.insert(pixels.end(), good.begin(), good.end());
    result.pixel_auroc = sorted_pixels(pixels).auroc();
  }
  return result;
}

}  // namespace

Evaluation evaluate_evidence(const std::vector<ImageEvidence>& images, const Thresholds& thresholds) {
  std::vector<float> good_scores, anomalous_scores;
  EvidenceList good_pixels;
  std::map<std::string, EvidenceList> types;
  for (const ImageEvidence& image : images) {
    check_evidence(image);
    (image.anomalous() ? anomalous_scores : good_scores).push_back(image.score);
    if (image.anomalous()) types[image.defect].push_back(&image);
    if (!image.anomalous() && has_pixel_evidence(image)) good_pixels.push_back(&image);
  }
  Evaluation result;
  result.thresholds = thresholds;
  evaluate_images(good_scores, anomalous_scores, result);
  evaluate_pixels(images, result);
  for (const auto& [defect, list] : types) {
    result.defect_types.push_back(evaluate_type(defect, list, good_pixels, good_scores, thresholds.image));
  }
  return result;
}

}  // namespace vigie

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/metrics/scores.h"

namespace vigie {

/// A test image with the model's raw evidence, at the resolution where metrics are taken (original; network frame under
/// the paper protocol).
struct ImageEvidence {
  std::string image;   ///< path relative to the data set
  std::string defect;  ///< "good" or the defect's type
  float score = 0;     ///< raw image score
  Tensor map;          ///< F32 [H W], smoothed raw map; empty when the method has none
  Tensor mask;         ///< U8 [H W]; empty for good images, and for defects without pixel labels
  bool anomalous() const { return defect != "good"; }
};

struct Thresholds {
  double image = 0;
  double pixel = 0;  ///< NaN without maps
};

/// Numbers of one defect type against all good images.
struct DefectTypeMetrics {
  std::string defect;
  std::int64_t images = 0;
  double image_auroc = 0;
  double pixel_auroc = 0;  ///< its images' defect pixels against the normal pixels of its images and of the good ones
  double recall_at_threshold = 0;
  double median_area_share = 0;  ///< of the image
};

/// Every number of one evaluation. Undefined = NaN; JSON null; printed "n/a".
struct Evaluation {
  std::int64_t good_images = 0, anomalous_images = 0;
  double image_auroc = 0, image_ap = 0, image_f1_max = 0, image_f1_max_threshold = 0;
  double pixel_auroc = 0, pixel_ap = 0, pixel_f1_max = 0;  ///< over all test images
  double pixel_auroc_anomalous = 0;                        ///< over anomalous images only
  double aupro = 0, aupro_anomalous = 0;                   ///< to FPR 0.3; all images / anomalous images only
  double aupro_05 = 0;                                     ///< to FPR 0.05, all images (MVTec AD 2)
  double aupimo = 0;                                       ///< mean over anomalous images
  double iou = 0, dice = 0, iou_per_region = 0;  ///< at the deployed pixel threshold; iou, dice pooled over pixels
  Thresholds thresholds;
  ThresholdMetrics at_threshold;                ///< image level, at the deployed threshold
  std::vector<DefectTypeMetrics> defect_types;  ///< by name
};

/// Computes everything. Images whose mask is missing though they are anomalous take part in image metrics only.
/// Memory: the maps and masks given plus what pixel_metrics() takes, one group for every defect type. Throws
/// InvalidArgument, naming the image, on values that are not finite and on maps and masks of different sizes.
Evaluation evaluate_evidence(const std::vector<ImageEvidence>& images, const Thresholds& thresholds);

nlohmann::json json_from_evaluation(const Evaluation& evaluation);

}  // namespace vigie

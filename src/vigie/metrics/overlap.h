#pragma once

#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/metrics/scores.h"

namespace vigie {

/// A test image's evidence and truth at the resolution metrics are taken: map F32 [H W], mask U8 [H W] (empty = all
/// normal). The functions below throw InvalidArgument on map values that are not finite and on a mask of another size.
struct ScoredMap {
  Tensor map;
  Tensor mask;
};

/// Area under the per-region-overlap curve, as the official MVTec AD evaluation: 8-connected ground-truth regions of
/// equal weight; FPR over all defect-free pixels of all given images; every distinct score is a threshold; (0,0) and
/// (1,1) added; trapezoid up to `fpr_limit` with linear interpolation at the limit, divided by the limit (Bergmann et
/// al., IJCV 2021). NaN without regions or without normal pixels. Time and memory as pixel_metrics().
double aupro(const std::vector<ScoredMap>& images, double fpr_limit = 0.3);
/// Several limits from one pass.
std::vector<double> aupro(const std::vector<ScoredMap>& images, const std::vector<double>& fpr_limits);

/// AUPIMO (arXiv 2401.01984): per anomalous image, area under its TPR against the mean per-image FPR of normal images,
/// over log10 FPR from `low` to `high`, normalised to 0 … 1. One value per anomalous image, in order; NaN for normal
/// images, and for all without normal images. Every distinct score is a threshold, lines in between; rates below the
/// first false pixel's, which a log axis cannot reach, count with what is found without any. One pass over the maps, in
/// parallel. Memory: 32 bytes for high · (normal images) of the normal pixels, at most for each.
std::vector<double> aupimo(const std::vector<ScoredMap>& images, double low = 1e-5, double high = 1e-4);

/// Overlap at a deployed pixel threshold (map >= threshold against mask).
/// NaN when there is nothing to average or nothing in either mask. Images in parallel; 9 bytes a pixel of one image on
/// each thread.
struct OverlapAtThreshold {
  double iou_pooled = 0, dice_pooled = 0;        ///< over all pixels of all images
  double iou_per_image = 0, dice_per_image = 0;  ///< mean over anomalous images
  /// Mean over ground-truth regions: IoU of the region with all predicted regions that share a pixel with it.
  double iou_per_region = 0;
};
OverlapAtThreshold overlap_at_threshold(const std::vector<ScoredMap>& images, double threshold);

/// All pixels of all images at a deployed threshold.
ThresholdMetrics pixels_at_threshold(const std::vector<ScoredMap>& images, double threshold);

}  // namespace vigie

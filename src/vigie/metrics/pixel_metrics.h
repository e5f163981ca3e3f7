#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vigie/metrics/overlap.h"
#include "vigie/metrics/scores.h"

namespace vigie {

/// Pixel numbers over one selection of images. Undefined (no normal or no defect pixels): NaN, no curve.
struct PixelMetrics {
  std::int64_t normal_pixels = 0, defect_pixels = 0;
  std::int64_t regions = 0;  ///< connected ground-truth regions
  double auroc = 0, average_precision = 0;
  double f1_max = 0, f1_max_threshold = 0;
  std::vector<double> aupro;  ///< one per limit asked for
  /// What SortedScores::curve() shows, with points only where recall changes: at scores of defect pixels and, for the
  /// corner, right above them. Its last point is (1, 1).
  std::vector<SortedScores::CurvePoint> curve;
};

struct PixelMetricsOptions {
  std::vector<double> fpr_limits;  ///< of AUPRO, 0 < limit <= 1
  std::size_t curve_points = 0;    ///< at most so many, >= 2; 0: no curve
};

/// All pixel numbers of several selections of images from one pass. images[i] belongs to groups[i] (0, 1, …); a
/// selection lists the groups it is taken over, each once. Definitions are those of SortedScores and aupro(): ties
/// merged, every distinct score a threshold; the same to the bit for any number of threads.
/// Time: two passes over the maps and one over half of their bytes, in parallel. Memory beside the maps, at most: 2.25
/// bytes a pixel, 16 bytes a defect pixel, 1 MB a group, and on each thread 1 MB and 4 bytes a pixel of the largest
/// mask. Throws InvalidArgument as the functions of overlap.h do.
std::vector<PixelMetrics> pixel_metrics(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups,
                                        const std::vector<std::vector<std::size_t>>& selections,
                                        const PixelMetricsOptions& options);

/// Over all images.
PixelMetrics pixel_metrics(const std::vector<ScoredMap>& images, const PixelMetricsOptions& options);

}  // namespace vigie

#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "vigie/imaging/connected.h"
#include "vigie/metrics/overlap.h"

namespace vigie {

struct OverlapPoint {
  double fpr, overlap;
};

/// For tests, from the definition, for one threshold: predict map >= threshold, then look at every region and every
/// defect-free pixel.
inline OverlapPoint overlap_point_at(const std::vector<ScoredMap>& images, float threshold) {
  double overlap = 0, regions = 0, normal = 0, false_positives = 0;
  for (const ScoredMap& image : images) {
    const bool masked = !image.mask.empty();
    const Labels labels = label_regions(masked ? image.mask : Tensor::zeros(image.map.shape(), DType::U8));
    for (std::int32_t region = 0; region <= labels.count; ++region) {
      double pixels = 0, found = 0;
      for (std::int64_t i = 0; i < image.map.count(); ++i) {
        if (labels.labels.data<std::int32_t>()[i] != region) continue;
        pixels += 1;
        found += image.map.data<float>()[i] >= threshold ? 1 : 0;
      }
      if (region == 0) {
        normal += pixels;
        false_positives += found;
      } else {
        regions += 1;
        overlap += found / pixels;
      }
    }
  }
  return {false_positives / normal, overlap / regions};
}

/// For tests: AUPRO with one look at everything for every distinct score.
inline double aupro_reference(const std::vector<ScoredMap>& images, double limit) {
  std::set<float, std::greater<>> thresholds;
  for (const ScoredMap& image : images)
    for (const float score : image.map.values<float>()) thresholds.insert(score);
  std::vector<OverlapPoint> curve{{0, 0}};
  for (const float threshold : thresholds) curve.push_back(overlap_point_at(images, threshold));
  curve.push_back({1, 1});
  double area = 0;
  for (std::size_t i = 1; i < curve.size() && curve[i - 1].fpr < limit; ++i) {
    OverlapPoint a = curve[i - 1], b = curve[i];
    if (b.fpr > limit) b = {limit, a.overlap + (b.overlap - a.overlap) * (limit - a.fpr) / (b.fpr - a.fpr)};
    area += (b.fpr - a.fpr) * (a.overlap + b.overlap) / 2;
  }
  return area / limit;
}

}  // namespace vigie

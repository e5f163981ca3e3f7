#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vigie/metrics/overlap.h"
#include "vigie/metrics/radix_sort.h"

namespace vigie {

/// A 32-bit key that grows as the score falls, the same for both zeros. Its high half names the score's bucket, its low
/// half the place within the bucket.
inline std::uint32_t pixel_key(float score) {
  return descending_key(score + 0.0F);  // -0.0 + 0.0 = 0.0
}

struct DefectPixel {
  std::uint32_t key;
  std::int32_t region;  ///< index into PixelBuckets::regions()
};

/// A connected ground-truth region.
struct DefectRegion {
  std::size_t group;
  std::int64_t area;                                                ///< pixels
  double share() const { return 1.0 / static_cast<double>(area); }  ///< of its overlap that one pixel is
};

/// The pixels of all images by score: normal pixels thrown into 65536 buckets by the high half of their key and kept as
/// the low half alone, apart for every group of images; defect pixels sorted. Two passes over the maps, in parallel.
/// Memory: 2 bytes a normal pixel and 8 a defect pixel (16 while they are sorted), 0.5 MB a group; while it is built
/// also 0.5 MB for every 2 M pixels or group, and on each thread one image's labels (4 bytes a pixel of the rows that
/// have defects). Maps and masks must have been checked (check_maps), groups[i] < group_count.
class PixelBuckets {
 public:
  static constexpr std::size_t kBuckets = std::size_t{1} << 16;

  PixelBuckets(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups, std::size_t group_count);

  std::size_t group_count() const { return first_.size(); }
  const std::vector<DefectRegion>& regions() const { return regions_; }
  const DefectRegion& region(const DefectPixel& pixel) const {
    return regions_[static_cast<std::size_t>(pixel.region)];
  }

  /// Low halves of the keys of a group's normal pixels in one bucket, in no useful order.
  std::span<const std::uint16_t> normals(std::size_t group, std::size_t bucket) const {
    return {tails_.get() + first_[group][bucket], tails_.get() + first_[group][bucket + 1]};
  }
  /// A group's normal pixels in higher buckets than `bucket` (0 … kBuckets).
  std::int64_t normals_above(std::size_t group, std::size_t bucket) const {
    return first_[group][bucket] - first_[group][0];
  }
  /// Defect pixels of the buckets [begin, end), highest score first.
  std::span<const DefectPixel> defects(std::size_t begin, std::size_t end) const {
    return std::span(defects_).subspan(first_defect_[begin], first_defect_[end] - first_defect_[begin]);
  }

 private:
  void collect_defects(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups);
  void collect_normals(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups);

  std::unique_ptr<std::uint16_t[]> tails_;        ///< by group, then bucket
  std::vector<std::vector<std::int64_t>> first_;  ///< per group: where each bucket begins in tails_, kBuckets + 1
  std::vector<DefectRegion> regions_;
  std::vector<DefectPixel> defects_;
  std::vector<std::size_t> first_defect_;  ///< kBuckets + 1
};

}  // namespace vigie

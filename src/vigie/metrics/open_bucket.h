#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vigie/metrics/pixel_buckets.h"

namespace vigie {

/// One bucket unfolded: how many normal pixels of each group lie above, on and below its distinct defect scores.
/// O(pixels of the bucket), 256 KB, and 16 bytes for each defect score and group.
class OpenBucket {
 public:
  explicit OpenBucket(const PixelBuckets& pixels) : pixels_(pixels), slot_of_(PixelBuckets::kBuckets) {}

  void open(std::size_t bucket);

  /// Defect pixels of one score.
  struct Event {
    float score;
    std::span<const DefectPixel> defects;
  };
  const std::vector<Event>& events() const { return events_; }  ///< highest score first
  /// Normal pixels of the groups between event e - 1 (or the bucket's top) and event e.
  std::int64_t between(std::size_t e, std::span<const std::size_t> groups) const { return count(2 * e, groups); }
  /// Normal pixels of the groups with event e's score.
  std::int64_t tied(std::size_t e, std::span<const std::size_t> groups) const { return count(2 * e + 1, groups); }

 private:
  void find_events(std::size_t bucket);
  std::int64_t count(std::size_t slot, std::span<const std::size_t> groups) const {
    std::int64_t sum = 0;
    for (const std::size_t group : groups) sum += counts_[slot * pixels_.group_count() + group];
    return sum;
  }

  const PixelBuckets& pixels_;
  std::vector<Event> events_;
  std::vector<std::uint32_t> slot_of_;  ///< of every low half of a key: 2e above event e, 2e + 1 on it
  std::vector<std::int64_t> counts_;    ///< [slot][group]
};

}  // namespace vigie

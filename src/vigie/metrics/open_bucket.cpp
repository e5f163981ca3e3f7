#include "vigie/metrics/open_bucket.h"

#include <algorithm>

namespace vigie {

void OpenBucket::find_events(std::size_t bucket) {
  const auto defects = pixels_.defects(bucket, bucket + 1);
  events_.clear();
  for (std::size_t begin = 0, end = 0; begin < defects.size(); begin = end) {
    const std::uint32_t key = defects[begin].key;
    while (end < defects.size() && defects[end].key == key) ++end;
    events_.push_back({score_from_key(key), defects.subspan(begin, end - begin)});
  }
}

void OpenBucket::open(std::size_t bucket) {
  find_events(bucket);
  std::uint32_t slot = 0;
  auto next = slot_of_.begin();
  for (const Event& event : events_) {
    const auto place = slot_of_.begin() + (event.defects[0].key & 0xffffU);
    std::fill(next, place, slot);
    *place = slot + 1;
    next = place + 1;
    slot += 2;
  }
  std::fill(next, slot_of_.end(), slot);

  const std::size_t groups = pixels_.group_count();
  counts_.assign((slot + 1) * groups, 0);
  for (std::size_t group = 0; group < groups; ++group)
    for (const std::uint16_t tail : pixels_.normals(group, bucket)) ++counts_[slot_of_[tail] * groups + group];
}

}  // namespace vigie

#include "vigie/search/coreset.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/search/distance.h"

namespace vigie {

namespace {

constexpr std::size_t kSmallBatch = 16;
constexpr std::size_t kLargeBatch = 1024;
constexpr std::int64_t kWorthThreads = 4096;  // distances; below, starting the threads costs more than they save
constexpr std::int64_t kGroup = 16;           // rows that walk the picks together, and
constexpr std::int32_t kPickTile = 64;        // picks at a time: both stay in the first-level cache

void check_arguments(const Tensor& rows, std::int64_t count, std::int64_t start) {
  VIGIE_CHECK(rows.rank() == 2 && rows.dim(1) > 0, "greedy_k_centre", "rows must be [N D], got {}",
              to_string(rows.shape()));
  const std::int64_t n = rows.dim(0);
  VIGIE_CHECK(count >= 1 && count <= n, "greedy_k_centre", "cannot pick {} of {} rows", count, n);
  VIGIE_CHECK(start >= 0 && start < n, "greedy_k_centre", "start row {} is not among {} rows", start, n);
  VIGIE_CHECK(n <= std::numeric_limits<std::int32_t>::max(), "greedy_k_centre", "{} rows are too many", n);
}

/// Greedy selection by lazy evaluation (Minoux 1978). A row's distance to the nearest pick only falls as picks are
/// added, so a value that has not seen the latest picks is an upper bound: rows wait in a heap by that bound, and only
/// those at its top are brought up to date. The picks are those of the plain algorithm, to the index.
class LazyGreedy {
 public:
  LazyGreedy(const Tensor& rows, std::int64_t count, std::int64_t start);
  std::int64_t pick_farthest();

 private:
  struct Entry {
    float bound;
    std::int32_t row;
    bool operator<(const Entry& other) const { return bound != other.bound ? bound < other.bound : row > other.row; }
  };

  const float* row(std::int64_t i) const { return rows_ + i * dims_; }
  bool up_to_date(const Entry& entry) const { return seen_[entry.row] == pick_count_; }
  void add_pick(std::int64_t i);
  void take_stale(std::size_t limit);
  void refresh_batch();
  void refresh_group(std::span<Entry> group, float floor);
  void refresh(Entry& entry, std::int32_t until, float floor);

  const float* rows_;
  std::int64_t dims_;
  std::vector<float> picks_;  ///< copies of the picked rows, side by side
  std::int32_t pick_count_ = 0;
  std::vector<std::int32_t> seen_;  ///< per row: how many picks its bound has seen
  std::vector<Entry> heap_;
  std::vector<Entry> batch_;
  std::int64_t missing_ = 0;  ///< distances that the batch lacks
};

LazyGreedy::LazyGreedy(const Tensor& rows, std::int64_t count, std::int64_t start)
    : rows_(rows.data<float>()), dims_(rows.dim(1)), seen_(rows.dim(0), 1) {
  picks_.reserve(static_cast<std::size_t>(count * dims_));
  add_pick(start);
  std::vector<float> bounds(seen_.size());
  parallel_for(
      rows.dim(0), [&](std::int64_t i) { bounds[i] = squared_distance(row(i), row(start), dims_); }, 1024);
  heap_.reserve(bounds.size());
  for (std::int64_t i = 0; i < rows.dim(0); ++i) {
    VIGIE_CHECK(std::isfinite(bounds[i]), "greedy_k_centre", "row {} or {} is not finite", i, start);
    if (i != start) heap_.push_back({bounds[i], static_cast<std::int32_t>(i)});
  }
  std::make_heap(heap_.begin(), heap_.end());
}

void LazyGreedy::add_pick(std::int64_t i) {
  picks_.insert(picks_.end(), row(i), row(i) + dims_);
  ++pick_count_;
}

/// Moves stale entries from the top of the heap into batch_ until it holds `limit`, or the top has seen every pick.
void LazyGreedy::take_stale(std::size_t limit) {
  while (!heap_.empty() && batch_.size() < limit && !up_to_date(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end());
    missing_ += pick_count_ - seen_[heap_.back().row];
    batch_.push_back(heap_.back());
    heap_.pop_back();
  }
}

/// Measures the picks from the first unseen to `until`, while the bound is not below `floor`.
void LazyGreedy::refresh(Entry& entry, std::int32_t until, float floor) {
  std::int32_t seen = seen_[entry.row];
  for (; seen < until && entry.bound >= floor; ++seen)
    entry.bound = std::min(entry.bound, squared_distance(row(entry.row), picks_.data() + seen * dims_, dims_));
  seen_[entry.row] = seen;
}

void LazyGreedy::refresh_group(std::span<Entry> group, float floor) {
  std::int32_t until = pick_count_;
  for (const Entry& entry : group) until = std::min(until, seen_[entry.row]);
  while (until < pick_count_) {
    until = std::min(until + kPickTile, pick_count_);
    for (Entry& entry : group) refresh(entry, until, floor);
  }
}

/// Each entry is brought up to date, or as far as it takes to fall below the lowest bound of the batch: it is not among
/// the next picks then.
void LazyGreedy::refresh_batch() {
  const float floor = batch_.back().bound;
  const auto count = static_cast<std::int64_t>(batch_.size());
  const auto group = [&](std::int64_t g) {
    const auto begin = static_cast<std::size_t>(g * kGroup);
    refresh_group(std::span(batch_).subspan(begin, std::min<std::size_t>(kGroup, batch_.size() - begin)), floor);
  };
  parallel_for((count + kGroup - 1) / kGroup, group);
  for (const Entry& entry : batch_) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end());
  }
  batch_.clear();
  missing_ = 0;
}

std::int64_t LazyGreedy::pick_farthest() {
  for (;;) {
    take_stale(kSmallBatch);  // one group, one thread
    if (batch_.empty()) break;
    // Long neglected rows at the top: more will follow, so catch up on many at once, on all threads.
    if (missing_ >= kWorthThreads) take_stale(kLargeBatch);
    refresh_batch();
  }
  std::pop_heap(heap_.begin(), heap_.end());
  const std::int64_t picked = heap_.back().row;
  heap_.pop_back();
  add_pick(picked);
  return picked;
}

}  // namespace

std::vector<std::int64_t> greedy_k_centre(const Tensor& rows, std::int64_t count, std::int64_t start,
                                          const RunContext& context) {
  check_arguments(rows, count, start);
  Progress progress(context, "coreset", count);
  LazyGreedy greedy(rows, count, start);
  std::vector<std::int64_t> picked{start};
  picked.reserve(static_cast<std::size_t>(count));
  progress.advance();
  while (static_cast<std::int64_t>(picked.size()) < count) {
    picked.push_back(greedy.pick_farthest());
    progress.advance();
  }
  return picked;
}

std::vector<std::int64_t> greedy_k_centre_naive(const Tensor& rows, std::int64_t count, std::int64_t start) {
  check_arguments(rows, count, start);
  const std::int64_t n = rows.dim(0), dims = rows.dim(1);
  const float* data = rows.data<float>();
  std::vector<float> nearest(n, std::numeric_limits<float>::infinity());
  std::vector<std::int64_t> picked{start};
  nearest[start] = -1;  // a picked row is below every other
  while (static_cast<std::int64_t>(picked.size()) < count) {
    for (std::int64_t i = 0; i < n; ++i)
      nearest[i] = std::min(nearest[i], squared_distance(data + i * dims, data + picked.back() * dims, dims));
    const auto farthest = std::max_element(nearest.begin(), nearest.end());
    picked.push_back(farthest - nearest.begin());
    *farthest = -1;
  }
  return picked;
}

}  // namespace vigie

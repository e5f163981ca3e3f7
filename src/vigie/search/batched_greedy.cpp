#include "vigie/search/batched_greedy.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/search/distance.h"

namespace vigie {

namespace {

constexpr std::int64_t kSmallestFront = 512, kLargestFront = 8192;
constexpr std::size_t kFewestWithin = 128, kMostWithin = 2048;  // rows to pick from: their products are quadratic
constexpr std::size_t kWorthMore = 8;    // one pick of so many makes more rows worth their products
constexpr std::int64_t kSampled = 64;    // sampled rows above the floor of a front
constexpr std::int64_t kBlock = 128;     // rows, and
constexpr std::int64_t kPickTile = 512;  // picks, whose products stay in the second-level cache

/// The first of the largest. Two simple loops, which compilers turn into vector code.
std::size_t first_largest(const std::vector<float>& values) {
  float largest = values[0];
#pragma omp simd reduction(max : largest)
  for (std::size_t i = 0; i < values.size(); ++i) largest = std::max(largest, values[i]);
  return static_cast<std::size_t>(std::find(values.begin(), values.end(), largest) - values.begin());
}

}  // namespace

BatchedGreedy::BatchedGreedy(const Tensor& rows, std::int64_t count, std::int64_t start, CoarseFormat format)
    : rows_(rows.data<float>()),
      dims_(rows.dim(1)),
      count_(static_cast<std::size_t>(count)),
      bounds_(static_cast<std::size_t>(rows.dim(0))),
      seen_(bounds_.size(), 1),
      front_size_(kSmallestFront),
      within_size_(kFewestWithin) {
  parallel_for(
      rows.dim(0), [&](std::int64_t i) { bounds_[i] = distance(i, start); }, 1024);
  for (std::size_t i = 0; i < bounds_.size(); ++i)
    VIGIE_CHECK(std::isfinite(bounds_[i]), "greedy_k_centre", "row {} or {} is not finite", i, start);
  const float farthest = *std::max_element(bounds_.begin(), bounds_.end());
  if (farthest > 0) {
    coarse_.emplace(rows, farthest, format);
    coarse_->resize(pick_images_, count);
  }
  picks_.reserve(count_);
  add_pick(static_cast<std::int32_t>(start));
}

float BatchedGreedy::distance(std::int64_t a, std::int64_t b) const {
  return squared_distance(row(a), row(b), dims_);
}

void BatchedGreedy::add_pick(std::int32_t i) {
  bounds_[i] = -1;
  picks_.push_back(i);
  if (!coarse_) return;
  pick_balls_.push_back(coarse_->ball(i, 0));
  coarse_->put(i, pick_images_, static_cast<std::int64_t>(picks_.size()) - 1);
}

/// A bound that about front_size_ rows reach, from a sample of them.
float BatchedGreedy::floor_of_front() const {
  const std::size_t step = static_cast<std::size_t>(front_size_ / kSampled) | 1;
  std::vector<float> sample;
  for (std::size_t i = 0; i < bounds_.size(); i += step) sample.push_back(bounds_[i]);
  const std::size_t rank = static_cast<std::size_t>(front_size_) / step;
  if (rank >= sample.size()) return 0;
  std::nth_element(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(rank), sample.end(), std::greater<>());
  return std::max(sample[rank], 0.0F);
}

/// Every row that ranks before `limit`, which is set.
BatchedGreedy::Rows BatchedGreedy::take_front(Rank& limit) const {
  limit = {floor_of_front(), std::numeric_limits<std::int32_t>::max()};
  Rows front;
  for (std::size_t i = 0; i < bounds_.size(); ++i)
    if (bounds_[i] >= limit.bound) front.push_back(static_cast<std::int32_t>(i));
  return front;
}

/// Drops the rows that do not rank before `limit`, then all but the first `most`; the first dropped is the new limit.
void BatchedGreedy::keep_first(Rows& front, std::size_t most, Rank& limit) const {
  const auto rank = [this](std::int32_t i) { return Rank{bounds_[i], i}; };
  std::erase_if(front, [&](std::int32_t i) { return !rank(i).before(limit); });
  if (front.size() <= most) return;
  const auto cut = front.begin() + static_cast<std::ptrdiff_t>(most);
  std::nth_element(front.begin(), cut, front.end(),
                   [&](std::int32_t a, std::int32_t b) { return rank(a).before(rank(b)); });
  limit = rank(*cut);
  front.erase(cut, front.end());
  std::sort(front.begin(), front.end());
}

/// Shows the picks to rows of the front, or as many as it takes for a row to sink below `floor`.
void BatchedGreedy::refresh(const Rows& front, float floor, const RunContext& context) {
  const auto picked = static_cast<std::int32_t>(picks_.size());
  Rows stale;
  for (const std::int32_t i : front)
    if (seen_[i] < picked && bounds_[i] > 0) stale.push_back(i);
  std::stable_sort(stale.begin(), stale.end(), [this](std::int32_t a, std::int32_t b) { return seen_[a] < seen_[b]; });
  const auto count = static_cast<std::int64_t>(stale.size());
  parallel_for((count + kBlock - 1) / kBlock, [&](std::int64_t b) {
    const std::int64_t begin = b * kBlock, size = std::min(kBlock, count - begin);
    refresh_block(std::span(stale).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size)), floor,
                  context);
  });
}

/// One product after another of the block's rows with the next picks; rows that sink leave.
void BatchedGreedy::refresh_block(std::span<std::int32_t> block, float floor, const RunContext& context) {
  CoarsePanel images;
  CoarseProducts products;
  auto left = static_cast<std::int64_t>(block.size());
  coarse_->resize(images, left);
  coarse_->resize(products, left * kPickTile);
  for (std::int64_t i = 0; i < left; ++i) coarse_->put(block[i], images, i);
  const auto picked = static_cast<std::int64_t>(picks_.size());
  for (std::int64_t begin = seen_[block[0]]; begin < picked && left > 0; begin += kPickTile) {
    context.check_cancelled("coreset");
    const std::int64_t end = std::min(begin + kPickTile, picked), tile = end - begin;
    coarse_->multiply(images, 0, left, pick_images_, begin, tile, products, 0);
    cost_.products += left * tile;
    std::int64_t kept = 0;
    for (std::int64_t i = 0; i < left; ++i) {
      lower(block[i], i * tile - begin, products, begin, end);
      if (bounds_[block[i]] < floor) continue;
      if (kept < i) coarse_->move(images, i, kept);
      block[kept++] = block[i];
    }
    left = kept;
  }
}

/// Shows picks [begin, end) to row i; the product with pick p is at first_product + p.
void BatchedGreedy::lower(std::int32_t i, std::int64_t first_product, const CoarseProducts& products,
                          std::int64_t begin, std::int64_t end) {
  Ball ball = coarse_->ball(i, bounds_[i]);
  std::int64_t measured = 0;
  for (std::int64_t p = std::max<std::int64_t>(begin, seen_[i]);; ++p) {
    p = products.next_meeting(first_product, ball, pick_balls_, p, end);
    if (p == end) break;
    ++measured;
    const float found = distance(i, picks_[p]);
    if (found >= bounds_[i]) continue;
    bounds_[i] = found;
    ball = coarse_->ball(i, found);
  }
  seen_[i] = std::max(seen_[i], static_cast<std::int32_t>(end));
  cost_.distances += measured;
}

void BatchedGreedy::multiply_within(const Rows& front) {
  const auto size = static_cast<std::int64_t>(front.size());
  CoarsePanel images;
  coarse_->resize(images, size);
  for (std::int64_t i = 0; i < size; ++i) coarse_->put(front[i], images, i);
  coarse_->resize(within_, size * size);
  parallel_for((size + kBlock - 1) / kBlock, [&](std::int64_t b) {
    const std::int64_t begin = b * kBlock, here = std::min(kBlock, size - begin);
    coarse_->multiply(images, begin, here, images, 0, size, within_, begin * size);
  });
  cost_.products += size * size;
}

/// Picks row `best` of the front, and shows it to the others. `bounds` and `balls` are the front's.
void BatchedGreedy::pick_from(const Rows& front, std::size_t best, std::vector<float>& bounds, Balls& balls) {
  const std::int32_t picked = front[best];
  add_pick(picked);
  bounds[best] = -1;
  balls.set(best, {0, std::numeric_limits<float>::infinity(), 0});  // meets none
  const Ball ball = coarse_->ball(picked, 0);
  const auto size = static_cast<std::int64_t>(front.size()), first = static_cast<std::int64_t>(best) * size;
  for (std::int64_t i = 0;; ++i) {
    i = within_.next_meeting(first, ball, balls, i, size);
    if (i == size) break;
    const float found = distance(front[i], picked);
    ++cost_.distances;
    if (found >= bounds[i]) continue;
    bounds[i] = found;
    balls.set(static_cast<std::size_t>(i), coarse_->ball(front[i], found));
  }
}

/// The plain algorithm among the rows of the front, while the best of them ranks before `limit`.
void BatchedGreedy::pick_within(const Rows& front, Rank limit) {
  multiply_within(front);
  std::vector<float> bounds;
  Balls balls;
  for (const std::int32_t i : front) {
    bounds.push_back(bounds_[i]);
    balls.push_back(coarse_->ball(i, bounds_[i]));
  }
  while (!complete()) {
    const std::size_t best = first_largest(bounds);
    if (bounds[best] < 0 || !Rank{bounds[best], front[best]}.before(limit)) break;
    pick_from(front, best, bounds, balls);
  }
  for (std::size_t i = 0; i < front.size(); ++i) {
    bounds_[front[i]] = bounds[i];
    seen_[front[i]] = static_cast<std::int32_t>(picks_.size());
  }
}

/// All rows left equal a pick: they follow in their order.
void BatchedGreedy::pick_equals(const Rows& front) {
  for (const std::int32_t i : front)
    if (!complete()) add_pick(i);
}

void BatchedGreedy::round(const RunContext& context) {
  ++cost_.rounds;
  Rank limit;
  Rows front = take_front(limit);
  const auto zero = [this](std::int32_t i) { return bounds_[i] == 0; };
  if (limit.bound == 0 && std::all_of(front.begin(), front.end(), zero)) return pick_equals(front);
  keep_first(front, static_cast<std::size_t>(kLargestFront), limit);
  refresh(front, limit.bound, context);
  keep_first(front, within_size_, limit);
  const std::size_t before = picks_.size();
  if (!front.empty()) pick_within(front, limit);
  adapt(front.size(), picks_.size() - before);
}

/// Wants as many rows in the next front as leave the rows to pick from that recent picks were worth.
void BatchedGreedy::adapt(std::size_t left, std::size_t picked) {
  if (left < within_size_ / 2) front_size_ = std::min(front_size_ * 2, kLargestFront);
  if (left < within_size_) return;
  front_size_ = std::max(front_size_ / 2, kSmallestFront);
  within_size_ =
      picked * kWorthMore >= left ? std::min(within_size_ * 2, kMostWithin) : std::max(within_size_ / 2, kFewestWithin);
}

}  // namespace vigie

#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/core/tensor.h"
#include "vigie/search/coarse_rows.h"

namespace vigie {

/// Greedy k-centre selection in rounds; the picks are those of the plain algorithm, to the index.
///
/// A row's distance to its nearest pick only falls as picks are added, so a value that has not seen the latest picks is
/// an upper bound (lazy evaluation, Minoux 1978). A round takes the rows with the largest bounds, the front, and brings
/// them up to date. Those that still rank above every row outside are then picked from by the plain algorithm, which
/// needs distances among them only, until none ranks above. A filter of coarse products spares most measurements.
class BatchedGreedy {
 public:
  /// rows F32 [N D], kept by reference; 1 <= count <= N. Throws InvalidArgument when rows are not finite.
  BatchedGreedy(const Tensor& rows, std::int64_t count, std::int64_t start, CoarseFormat format);

  /// The rows picked so far, in picking order; `start` is there from the outset.
  const std::vector<std::int64_t>& picks() const { return picks_; }
  bool complete() const { return picks_.size() == count_; }
  /// Picks at least one more row, unless all of the front sank: then a later round does. Throws Cancelled.
  void round(const RunContext& context);

  /// What the selection cost so far.
  struct Cost {
    std::int64_t rounds = 0;
    std::atomic<std::int64_t> products{0};   ///< pairs of rows whose coarse product was computed
    std::atomic<std::int64_t> distances{0};  ///< pairs that passed the filter and were measured
  };
  const Cost& cost() const { return cost_; }

 private:
  /// A place in the order of picking: the larger bound first, then the lower index.
  struct Rank {
    float bound;
    std::int32_t row;
    bool before(const Rank& other) const { return bound != other.bound ? bound > other.bound : row < other.row; }
  };
  using Rows = std::vector<std::int32_t>;

  const float* row(std::int64_t i) const { return rows_ + i * dims_; }
  float distance(std::int64_t a, std::int64_t b) const;
  void add_pick(std::int32_t i);

  Rows take_front(Rank& limit) const;
  float floor_of_front() const;
  void keep_first(Rows& front, std::size_t most, Rank& limit) const;
  void refresh(const Rows& front, float floor, const RunContext& context);
  void refresh_block(std::span<std::int32_t> block, float floor, const RunContext& context);
  void lower(std::int32_t i, std::int64_t first_product, const CoarseProducts& products, std::int64_t begin,
             std::int64_t end);
  void pick_equals(const Rows& front);
  void pick_within(const Rows& front, Rank limit);
  void pick_from(const Rows& front, std::size_t best, std::vector<float>& bounds, Balls& balls);
  void adapt(std::size_t left, std::size_t picked);
  void multiply_within(const Rows& front);

  const float* rows_;
  std::int64_t dims_;
  std::size_t count_;
  std::vector<float> bounds_;         ///< squared distance to the nearest of the first seen_ picks; -1: picked
  std::vector<std::int32_t> seen_;    ///< per row
  std::optional<CoarseRows> coarse_;  ///< absent when all rows are equal
  std::vector<std::int64_t> picks_;
  Balls pick_balls_;
  CoarsePanel pick_images_;
  CoarseProducts within_;    ///< of the front's rows with one another
  std::int64_t front_size_;  ///< rows to take in the next round
  std::size_t within_size_;  ///< rows to pick from, at most
  Cost cost_;
};

}  // namespace vigie

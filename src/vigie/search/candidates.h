#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace vigie {

/// The bank rows that may be among the K nearest of one query, given values known only to within an error:
/// a row stays while its lower bound is not above the K-th smallest upper bound.
class Candidates {
 public:
  explicit Candidates(std::int64_t k) : k_(static_cast<std::size_t>(k)) {}

  /// Offers rows first, first + 1, … with value norms[i] + products[i], each within ± error.
  void offer(std::span<const float> norms, const float* products, std::int64_t first, float error) {
    for (std::size_t begin = 0; begin < norms.size(); begin += kChunk) {
      const std::size_t end = std::min(begin + kChunk, norms.size());
      if (end - begin == kChunk && smallest(norms.data() + begin, products + begin) - error > limit_) continue;
      for (std::size_t i = begin; i < end; ++i)
        offer_one(norms[i] + products[i], first + static_cast<std::int64_t>(i), error);
    }
    if (rows_.size() > compact_at_) {
      compact();
      compact_at_ = std::max(kCompactAt, 2 * rows_.size());
    }
  }

  /// Indices of the rows left, in the order offered. At least K when K rows were offered.
  std::vector<std::int64_t> indices() {
    compact();
    std::vector<std::int64_t> out;
    for (const Row& row : rows_) out.push_back(row.index);
    return out;
  }

 private:
  static constexpr std::size_t kChunk = 32;
  static constexpr std::size_t kCompactAt = 1024;

  struct Row {
    float lower;
    std::int64_t index;
  };

  static float smallest(const float* norms, const float* products) {
    float best = norms[0] + products[0];
#pragma omp simd reduction(min : best)
    for (std::size_t i = 0; i < kChunk; ++i) best = std::min(best, norms[i] + products[i]);
    return best;
  }

  void offer_one(float value, std::int64_t index, float error) {
    if (value - error > limit_) return;
    rows_.push_back({value - error, index});
    if (uppers_.size() == k_) {
      if (value + error >= limit_) return;
      std::pop_heap(uppers_.begin(), uppers_.end());
      uppers_.pop_back();
    }
    uppers_.push_back(value + error);
    std::push_heap(uppers_.begin(), uppers_.end());
    if (uppers_.size() == k_) limit_ = uppers_.front();
  }

  void compact() {
    std::erase_if(rows_, [this](const Row& row) { return row.lower > limit_; });
  }

  std::size_t k_;
  std::size_t compact_at_ = kCompactAt;
  float limit_ = std::numeric_limits<float>::infinity();  ///< the K-th smallest upper bound
  std::vector<float> uppers_;                             ///< max-heap of the K smallest upper bounds
  std::vector<Row> rows_;
};

}  // namespace vigie

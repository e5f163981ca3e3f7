#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace vigie {

/// A bank row with its squared distance as squared_distance() gives it; ties go to the lower index.
struct Measured {
  float squared;
  std::int64_t row;
  bool operator<(const Measured& other) const {
    return squared != other.squared ? squared < other.squared : row < other.row;
  }
  bool operator==(const Measured& other) const { return squared == other.squared && row == other.row; }
};

/// The K nearest rows measured so far, in order. A row may be offered more than once.
class TopK {
 public:
  TopK(std::int64_t k, std::int64_t dims) : k_(static_cast<std::size_t>(k)), dims_(static_cast<double>(dims)) {}

  void offer(const Measured& row) {
    if (full() && !(row < best_.back())) return;
    const auto place = std::lower_bound(best_.begin(), best_.end(), row);
    if (place != best_.end() && *place == row) return;
    if (full()) best_.pop_back();
    best_.insert(std::lower_bound(best_.begin(), best_.end(), row), row);
  }

  bool full() const { return best_.size() == k_; }
  std::size_t missing() const { return k_ - best_.size(); }
  const std::vector<Measured>& rows() const { return best_; }

  /// A row farther than this (true distance) cannot enter: squared_distance() errs by a share of (D / 32 + 8) · 2⁻²⁴,
  /// and by what vanishes below the smallest float.
  float limit() const {
    if (!full()) return std::numeric_limits<float>::infinity();
    const double share = (dims_ / 32 + 8) * 0x1.0p-24, vanished = 4 * dims_ * std::numeric_limits<float>::min();
    return static_cast<float>(std::sqrt((best_.back().squared + vanished) * (1 + 2 * share)) * (1 + 1e-6));
  }

 private:
  std::size_t k_;
  double dims_;
  std::vector<Measured> best_;
};

}  // namespace vigie

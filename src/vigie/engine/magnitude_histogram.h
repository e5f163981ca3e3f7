#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigie::engine {

/// How often a value's elements have which magnitude. Starts without knowing the largest: bins double in width, in
/// pairs, whenever an element does not fit.
class MagnitudeHistogram {
 public:
  static constexpr std::size_t kBins = 4096;

  MagnitudeHistogram() : counts_(kBins, 0) {}

  /// False when an element is not finite; the histogram is of no use then.
  bool add(std::span<const float> values);

  double largest() const { return largest_; }

  /// The least bound below which lies the given share of the elements other than 0.
  double percentile(double percent) const;

  /// The bound at which `levels` steps from 0 to it give the least squared error, rounding and clipping together.
  double least_error_bound(int levels) const;

 private:
  void widen_to(float magnitude);
  double squared_error(double bound, int levels) const;

  std::vector<std::int64_t> counts_;  // zeros are not counted: every quantisation keeps them
  double width_ = 0;                  // of a bin; 0: nothing but zeros so far
  double largest_ = 0;
};

}  // namespace vigie::engine

#pragma once

#include <cstdint>
#include <vector>

#include "vigie/imaging/resample_taps.h"

namespace vigie {

/// The horizontal pass of a U8 resize, for images of 1 or 3 channels, with 16-bit multiply-adds: a weight of up to 22
/// bits is split into its upper and lower 11 bits, so that both sums of products stay exact. Equal to the plain sum of
/// 32-bit products to the bit. Needs AVX2 (available()).
class FixedPointRows {
 public:
  /// Values that filter() may read behind a source row (their weights are 0) and write behind a target row.
  static constexpr std::int64_t kOverrun = 32;

  static bool available();

  FixedPointRows(const Taps<std::int32_t>& taps, std::int64_t channels);

  /// `rows` rows of [w C], `source_stride` bytes apart, become rows of [W C], `target_stride` bytes apart.
  void filter(const std::uint8_t* source, std::int64_t source_stride, std::uint8_t* target, std::int64_t target_stride,
              std::int64_t rows) const;

 private:
  std::int64_t channels_;
  std::int64_t groups_;                ///< of 8 taps per output pixel
  std::vector<std::int64_t> first_;    ///< byte offset of each output pixel's first tap
  std::vector<std::int16_t> weights_;  ///< in the order in which the kernels load them
};

}  // namespace vigie

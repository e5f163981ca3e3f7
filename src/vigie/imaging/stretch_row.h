#pragma once

#include <cstdint>
#include <vector>

#include "vigie/imaging/bilinear_neighbours.h"

namespace vigie {

/// Brings rows of `in` pixels of C channels to `out` pixels bilinearly. Enlarging one channel, the usual case for
/// maps, needs no gathers: eight neighbouring results lie between values that fit into one register.
class RowStretcher {
 public:
  /// Values that must be readable behind a source row; what they are does not matter.
  static constexpr std::int64_t kOverrun = 9;

  RowStretcher(std::int64_t in, std::int64_t out, std::int64_t channels);

  /// [in C] -> [out C].
  void stretch(const float* source, float* target) const;

 private:
  static constexpr std::int64_t kWide = 8;

  /// Of one channel, where permutes_. In avx2/ and plain/.
  void stretch_by_permutation(const float* source, float* target) const;

  BilinearNeighbours columns_;
  std::int64_t in_, channels_;
  bool permutes_;
  std::vector<std::int32_t> low_, high_;  ///< places of the neighbours, from the low one of each eight's first result
};

}  // namespace vigie

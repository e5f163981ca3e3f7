#include "vigie/imaging/stretch_row.h"

namespace vigie {

void RowStretcher::stretch_by_permutation(const float* source, float* target) const {
  for (std::int64_t x = 0; x < columns_.size(); ++x) {
    const auto at = static_cast<std::size_t>(x);
    mix(source + columns_.low[at], source + columns_.high[at], columns_.share[at], target + x, 1);
  }
}

}  // namespace vigie

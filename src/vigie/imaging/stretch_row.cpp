#include "vigie/imaging/stretch_row.h"

#include <algorithm>

namespace vigie {

BilinearNeighbours::BilinearNeighbours(std::int64_t in, std::int64_t out)
    : low(static_cast<std::size_t>(out)), high(low.size()), share(low.size()) {
  const float scale = static_cast<float>(in) / static_cast<float>(out);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const float position = std::max((static_cast<float>(i) + 0.5F) * scale - 0.5F, 0.0F);
    const auto below = std::min(static_cast<std::int64_t>(position), in - 1);
    low[i] = static_cast<std::int32_t>(below);
    high[i] = static_cast<std::int32_t>(std::min(below + 1, in - 1));
    share[i] = position - static_cast<float>(below);
  }
}

RowStretcher::RowStretcher(std::int64_t in, std::int64_t out, std::int64_t channels)
    : columns_(in, out), in_(in), channels_(channels), permutes_(channels == 1 && in <= out) {
  if (!permutes_) return;
  for (std::size_t x = 0; x < columns_.low.size(); ++x) {
    const std::int32_t start = columns_.low[x / kWide * kWide];
    low_.push_back(columns_.low[x] - start);
    high_.push_back(columns_.high[x] - start);
    permutes_ = permutes_ && low_.back() < kWide && high_.back() <= kWide;
  }
}

void RowStretcher::stretch(const float* source, float* target) const {
  if (in_ == columns_.size()) {
    std::copy_n(source, in_ * channels_, target);
  } else if (permutes_) {
    stretch_by_permutation(source, target);
  } else {
    for (std::int64_t x = 0; x < columns_.size(); ++x) {
      const auto at = static_cast<std::size_t>(x);
      mix(source + columns_.low[at] * channels_, source + columns_.high[at] * channels_, columns_.share[at],
          target + x * channels_, channels_);
    }
  }
}

}  // namespace vigie

#pragma once

#include <cstdint>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/metrics/overlap.h"

namespace vigie {

/// For tests: a map with scores on `levels` steps (many ties), higher where the mask is set.
inline ScoredMap random_map(Random& random, std::int64_t height, std::int64_t width, bool anomalous, double levels) {
  ScoredMap image{Tensor({height, width}), anomalous ? Tensor::zeros({height, width}, DType::U8) : Tensor()};
  for (int block = 0; anomalous && block < 4; ++block) {
    const auto top = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(height - 2)));
    const auto left = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(width - 3)));
    for (std::int64_t y = top; y < top + 2; ++y)
      for (std::int64_t x = left; x < left + 3; ++x) image.mask.data<std::uint8_t>()[y * width + x] = 255;
  }
  for (std::int64_t i = 0; i < height * width; ++i) {
    const bool defect = anomalous && image.mask.data<std::uint8_t>()[i] != 0;
    const double score = random.normal() + (defect ? 1.0 : 0.0);
    image.map.data<float>()[i] = static_cast<float>(static_cast<std::int64_t>(score * levels)) / 7.0F;
  }
  return image;
}

}  // namespace vigie

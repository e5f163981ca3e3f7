#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/evaluation/evaluation.h"
#include "vigie/imaging/resize.h"

namespace vigie::bench {

/// A disc of the mask, and a wider, softer and slightly misplaced bump of the map: detectors see defects blurred.
inline void add_defect(ImageEvidence& image, Random& random) {
  const std::int64_t side = image.map.dim(0);
  const double radius = static_cast<double>(side) * random.uniform(0.01, 0.06);
  const double x = static_cast<double>(side) * random.uniform(0.1, 0.9);
  const double y = static_cast<double>(side) * random.uniform(0.1, 0.9);
  const double blur = 0.5 * radius + 4, shift = 0.3 * radius * random.normal(), strength = random.uniform(0.3, 1.6);
  for (std::int64_t row = 0; row < side; ++row) {
    for (std::int64_t column = 0; column < side; ++column) {
      const double dx = static_cast<double>(column) - x, dy = static_cast<double>(row) - y;
      const std::int64_t i = row * side + column;
      if (dx * dx + dy * dy <= radius * radius) image.mask.data<std::uint8_t>()[i] = 255;
      const double outside = std::max(0.0, std::hypot(dx - shift, dy) - radius) / blur;
      if (outside < 4) image.map.data<float>()[i] += static_cast<float>(strength * std::exp(-outside * outside / 2));
    }
  }
}

/// Evidence as a patch detector gives it: a 28 x 28 grid of distances brought to side x side, three quarters of the
/// images with one to three brighter defects of seven types; every fourth map is rounded to thousandths, so that it
/// ties. The same for the same seed.
inline std::vector<ImageEvidence> realistic_evidence(std::int64_t maps, std::int64_t side, std::uint64_t seed = 4) {
  std::vector<ImageEvidence> images(static_cast<std::size_t>(maps));
  parallel_for(maps, [&](std::int64_t i) {
    Random random(derive_seed(seed, std::to_string(i)));
    ImageEvidence& image = images[static_cast<std::size_t>(i)];
    const bool good = i % 4 == 3;
    image.image = std::to_string(i);
    image.defect = good ? "good" : "defect " + std::to_string(i % 7);
    Tensor grid({28, 28});
    for (float& value : grid.values<float>()) value = static_cast<float>(0.4 + 0.12 * std::abs(random.normal()));
    image.map = resize_bilinear(grid, side, side);
    if (!good) {
      image.mask = Tensor::zeros({side, side}, DType::U8);
      for (std::uint64_t defects = 1 + random.below(3); defects > 0; --defects) add_defect(image, random);
    }
    const auto map = image.map.values<float>();
    for (float& value : map) value = i % 4 == 0 ? std::round(value * 1000) / 1000 : value;
    image.score = *std::max_element(map.begin(), map.end());
  });
  return images;
}

}  // namespace vigie::bench

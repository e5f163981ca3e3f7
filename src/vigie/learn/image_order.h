#pragma once

#include <vector>

#include "vigie/core/random.h"

namespace vigie::learn {

/// Which images make step `step`: each epoch is a permutation of its own, cut into batches; what is left over at its
/// end is dropped. A function of the seed and the step alone.
class ImageOrder {
 public:
  /// `batch_size` is cut to the number of images.
  ImageOrder(std::vector<std::int64_t> images, std::int64_t batch_size, std::uint64_t seed);
  std::int64_t batches_per_epoch() const { return batches_; }
  std::vector<std::int64_t> batch(std::int64_t step);

 private:
  std::vector<std::int64_t> images_;
  std::int64_t batch_size_, batches_;
  std::uint64_t seed_;
  std::int64_t epoch_ = -1;
  std::vector<std::int64_t> order_;
};

}  // namespace vigie::learn

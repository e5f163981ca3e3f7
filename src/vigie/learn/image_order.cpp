#include "vigie/learn/image_order.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigie::learn {

ImageOrder::ImageOrder(std::vector<std::int64_t> images, std::int64_t batch_size, std::uint64_t seed)
    : images_(std::move(images)),
      batch_size_(std::min(batch_size, static_cast<std::int64_t>(images_.size()))),
      batches_(static_cast<std::int64_t>(images_.size()) / batch_size_),
      seed_(seed) {}

std::vector<std::int64_t> ImageOrder::batch(std::int64_t step) {
  if (const std::int64_t epoch = step / batches_; epoch != epoch_) {
    epoch_ = epoch;
    order_ = Random(derive_seed(seed_, fmt::format("epoch {}", epoch)))
                 .permutation(static_cast<std::int64_t>(images_.size()));
  }
  std::vector<std::int64_t> out;
  const std::int64_t first = step % batches_ * batch_size_;
  for (std::int64_t i = first; i < first + batch_size_; ++i)
    out.push_back(images_[static_cast<std::size_t>(order_[static_cast<std::size_t>(i)])]);
  return out;
}

}  // namespace vigie::learn

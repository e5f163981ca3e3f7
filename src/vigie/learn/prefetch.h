#pragma once

#include <future>

#include "vigie/core/threads.h"
#include "vigie/learn/image_order.h"
#include "vigie/learn/method.h"

namespace vigie::learn {

/// Prepares the batches of the steps, one ahead of the one asked for, in another thread on a single processor.
class Prefetch {
 public:
  Prefetch(const Method& method, ImageOrder order, std::uint64_t seed, std::int64_t steps)
      : method_(method), order_(std::move(order)), seed_(seed), steps_(steps) {}

  /// Steps are asked for in order, from any first one. Rethrows what make_batch threw.
  Batch take(std::int64_t step) {
    if (!next_.valid()) start(step);
    Batch batch = next_.get();
    if (step + 1 < steps_) start(step + 1);
    return batch;
  }

 private:
  void start(std::int64_t step) {
    next_ = std::async(std::launch::async, [this, images = order_.batch(step), step] {
      const ThreadShare one(1);
      adopt_thread_budget();
      return method_.make_batch(images, derive_seed(seed_, fmt::format("batch {}", step)), true);
    });
  }

  const Method& method_;
  ImageOrder order_;
  std::uint64_t seed_;
  std::int64_t steps_;
  std::future<Batch> next_;
};

}  // namespace vigie::learn

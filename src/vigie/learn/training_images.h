#pragma once

#include <mutex>
#include <vector>

#include "vigie/data/dataset.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/io/image.h"

namespace vigie::learn {

/// Images U8 [H W 3] of one size -> F32 [B H W 3], less the mean and over the standard deviation of `preprocess`.
Tensor normalised_batch(const std::vector<Tensor>& images, const Preprocess& preprocess);

/// The normals as small 8-bit images of the network's input size, kept in memory after the first reading as far as
/// `cache_bytes` goes. May be read from several threads.
class TrainingImages {
 public:
  TrainingImages(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                 std::size_t cache_bytes = std::size_t{2} << 30);

  std::int64_t count() const { return static_cast<std::int64_t>(samples_.size()); }

  /// U8 [H W 3]: resized and cropped as the network's input is, grey as three equal channels. Shared: clone before
  /// writing. Errors name the image.
  Tensor image(std::int64_t index) const;

  Tensor normalised(const std::vector<Tensor>& images) const { return normalised_batch(images, preprocess_); }
  /// image() of several, normalised.
  Tensor batch(const std::vector<std::int64_t>& indices) const;

 private:
  std::vector<Sample> samples_;
  Preprocess preprocess_;
  ImageReadOptions reading_;
  std::size_t room_;
  mutable std::mutex mutex_;
  mutable std::vector<Tensor> cache_;
  mutable std::size_t cached_bytes_ = 0;
};

}  // namespace vigie::learn

#include "vigie/learn/training_images.h"

#include <cstring>

#include "vigie/core/threads.h"
#include "vigie/data/image_batches.h"

namespace vigie::learn {

namespace {

// 0 … 1 back to 8 bits: exact for 8-bit files, whose resized values were rounded to 8 bits already.
Tensor bytes_from_unit(const Tensor& image) {
  Tensor out(image.shape(), DType::U8);
  const float* in = image.data<float>();
  auto* bytes = out.data<std::uint8_t>();
  for (std::int64_t i = 0; i < image.count(); ++i) bytes[i] = static_cast<std::uint8_t>(in[i] * 255.0F + 0.5F);
  return out;
}

}  // namespace

Tensor normalised_batch(const std::vector<Tensor>& images, const Preprocess& preprocess) {
  const std::int64_t values = images.at(0).count();
  Tensor out({static_cast<std::int64_t>(images.size()), images[0].dim(0), images[0].dim(1), 3});
  parallel_for(out.dim(0), [&](std::int64_t b) {
    const auto* in = images[static_cast<std::size_t>(b)].data<std::uint8_t>();
    float* to = out.data<float>() + b * values;
    for (std::int64_t i = 0; i < values; ++i) {
      const auto c = static_cast<std::size_t>(i % 3);
      to[i] = (static_cast<float>(in[i]) / 255.0F - preprocess.mean[c]) / preprocess.std[c];
    }
  });
  return out;
}

TrainingImages::TrainingImages(std::span<const Sample> samples, const Preprocess& preprocess,
                               const ImageReadOptions& reading, std::size_t cache_bytes)
    : samples_(samples.begin(), samples.end()),
      preprocess_(preprocess),
      reading_(reading),
      room_(cache_bytes),
      cache_(samples.size()) {}

Tensor TrainingImages::image(std::int64_t index) const {
  const auto i = static_cast<std::size_t>(index);
  {
    const std::lock_guard lock(mutex_);
    if (!cache_.at(i).empty()) return cache_[i];
  }
  Preprocess unit = preprocess_;
  unit.mean = {0, 0, 0};
  unit.std = {1, 1, 1};
  Tensor image = bytes_from_unit(read_input(samples_[i], unit, reading_));
  const std::lock_guard lock(mutex_);
  if (cached_bytes_ + image.bytes() <= room_ && cache_[i].empty()) {
    cached_bytes_ += image.bytes();
    cache_[i] = image;
  }
  return image;
}

Tensor TrainingImages::batch(const std::vector<std::int64_t>& indices) const {
  std::vector<Tensor> images(indices.size());
  parallel_for(static_cast<std::int64_t>(indices.size()), [&](std::int64_t i) {
    images[static_cast<std::size_t>(i)] = image(indices[static_cast<std::size_t>(i)]);
  });
  return normalised(images);
}

}  // namespace vigie::learn

#include "vigie/data/image_batches.h"

#include <algorithm>
#include <cstring>

#include "vigie/core/threads.h"
#include "vigie/data/part_reading.h"

namespace vigie {

namespace {

/// Calls make(); its errors name the image, if they do not yet.
template <typename Make>
Tensor naming(const Sample& sample, const Make& make) {
  try {
    return make();
  } catch (const Error& e) {
    const std::string path = sample.image.string();
    if (std::string_view(e.what()).find(path) != std::string_view::npos) throw;
    fail(e.kind(), "read_input", "{}: {}", path, e.what());
  }
}

}  // namespace

Tensor read_input(const Sample& sample, const Preprocess& preprocess, const ImageReadOptions& reading) {
  return naming(
      sample, [&] { return preprocess_image(read_image(sample.image, reading_for(preprocess, reading)), preprocess); });
}

Tensor batch_of(std::span<const Sample> samples, const Preprocess& preprocess,
                const std::function<Tensor(std::int64_t)>& image) {
  Tensor inputs({std::ssize(samples), preprocess.height, preprocess.width, 3});
  const std::int64_t stride = preprocess.height * preprocess.width * 3;
  parallel_for(inputs.dim(0), [&](std::int64_t i) {
    const Tensor input =
        naming(samples[static_cast<std::size_t>(i)], [&] { return preprocess_image(image(i), preprocess); });
    std::memcpy(inputs.data<float>() + i * stride, input.raw(), input.bytes());
  });
  return inputs;
}

void for_each_batch(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                    std::int64_t batch_size, const std::function<void(const Tensor&, std::int64_t)>& visit) {
  const ImageReadOptions as_trained = reading_for(preprocess, reading);
  const std::int64_t total = std::ssize(samples);
  for (std::int64_t first = 0; first < total; first += batch_size) {
    const auto batch =
        samples.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(std::min(batch_size, total - first)));
    const auto read = [&](std::int64_t i) { return read_image(batch[static_cast<std::size_t>(i)].image, as_trained); };
    visit(batch_of(batch, preprocess, read), first);
  }
}

}  // namespace vigie

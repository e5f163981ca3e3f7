#include "vigie/data/image_batches.h"

#include <algorithm>
#include <cstring>

#include "vigie/core/threads.h"
#include "vigie/data/part_reading.h"

namespace vigie {

Tensor read_input(const Sample& sample, const Preprocess& preprocess, const ImageReadOptions& reading) {
  try {
    return preprocess_image(read_image(sample.image, reading_for(preprocess, reading)), preprocess);
  } catch (const Error& e) {
    const std::string path = sample.image.string();
    if (std::string_view(e.what()).find(path) != std::string_view::npos) throw;
    fail(e.kind(), "read_input", "{}: {}", path, e.what());
  }
}

void for_each_batch(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                    std::int64_t batch_size, const std::function<void(const Tensor&, std::int64_t)>& visit) {
  const auto total = static_cast<std::int64_t>(samples.size());
  for (std::int64_t first = 0; first < total; first += batch_size) {
    const std::int64_t count = std::min(batch_size, total - first);
    Tensor inputs({count, preprocess.height, preprocess.width, 3});
    const std::int64_t stride = preprocess.height * preprocess.width * 3;
    parallel_for(count, [&](std::int64_t i) {
      const Tensor input = read_input(samples[static_cast<std::size_t>(first + i)], preprocess, reading);
      std::memcpy(inputs.data<float>() + i * stride, input.raw(), input.bytes());
    });
    visit(inputs, first);
  }
}

}  // namespace vigie

#include "vigie/pipeline/image_features.h"

#include <algorithm>
#include <cstring>

#include "vigie/core/threads.h"

namespace vigie {

namespace {

void read_input(const Sample& sample, const Preprocess& preprocess, const ImageReadOptions& reading, float* out) {
  try {
    const Tensor input = preprocess_image(read_image(sample.image, reading), preprocess);
    std::memcpy(out, input.raw(), input.bytes());
  } catch (const Error& e) {
    const std::string path = sample.image.string();
    if (std::string_view(e.what()).find(path) != std::string_view::npos) throw;
    fail(e.kind(), "read_input", "{}: {}", path, e.what());
  }
}

}  // namespace

void for_each_batch(const std::vector<Sample>& samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                    std::int64_t batch_size, const std::function<void(const Tensor&, std::int64_t)>& visit) {
  const auto total = static_cast<std::int64_t>(samples.size());
  for (std::int64_t first = 0; first < total; first += batch_size) {
    const std::int64_t count = std::min(batch_size, total - first);
    Tensor inputs({count, preprocess.height, preprocess.width, 3});
    const std::int64_t stride = preprocess.height * preprocess.width * 3;
    parallel_for(count, [&](std::int64_t i) {
      read_input(samples[static_cast<std::size_t>(first + i)], preprocess, reading, inputs.data<float>() + i * stride);
    });
    visit(inputs, first);
  }
}

void ImageFeatureStream::for_each(const std::function<void(const Features&, std::int64_t)>& visit) const {
  for_each_batch(samples_, preprocess_, reading_, kBatchSize, [&](const Tensor& inputs, std::int64_t first) {
    context_.check_cancelled("features");
    visit(engine_.run(inputs), first);
  });
}

}  // namespace vigie

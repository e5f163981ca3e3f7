#include "vigie/pipeline/feature_pool.h"

#include <algorithm>
#include <cstring>

#include "vigie/core/memory.h"
#include "vigie/pipeline/image_features.h"

namespace vigie {

namespace {

constexpr std::int64_t kShareOfMemory = 3;  // one third

std::int64_t bytes_of(const Features& features) {
  std::int64_t bytes = 0;
  for (const Tensor& layer : features) bytes += static_cast<std::int64_t>(layer.bytes());
  return bytes;
}

}  // namespace

bool fits_a_pool(std::int64_t bytes) {
  const auto available = available_memory();
  return !available || bytes <= *available / kShareOfMemory;
}

FeaturePool::FeaturePool(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                         const Engine& engine, const RunContext& context)
    : samples_(samples), preprocess_(preprocess), reading_(reading), engine_(engine), context_(context) {
  if (samples.empty()) return;
  const Tensor one = Tensor::zeros({1, preprocess.height, preprocess.width, 3});
  if (fits_a_pool(bytes_of(engine.run(one)) * image_count())) keep_all();
}

void FeaturePool::keep_all() {
  kept_.reserve(samples_.size());
  Progress progress(context_, "features", image_count());
  for_each_batch(samples_, preprocess_, reading_, kBatchSize, [&](const Tensor& inputs, std::int64_t) {
    const Features batch = engine_.run(inputs);
    for (std::int64_t i = 0; i < inputs.dim(0); ++i) {
      Features image;
      for (const Tensor& layer : batch) image.push_back(layer.rows(i, i + 1));
      kept_.push_back(std::move(image));
    }
    progress.advance(inputs.dim(0));
  });
}

Features FeaturePool::gathered(std::span<const std::int64_t> images) const {
  Features out;
  const Features& pattern = kept_.front();
  for (std::size_t layer = 0; layer < pattern.size(); ++layer) {
    Shape shape = pattern[layer].shape();
    shape[0] = static_cast<std::int64_t>(images.size());
    Tensor all(shape);
    const std::size_t bytes = pattern[layer].bytes();
    for (std::size_t i = 0; i < images.size(); ++i)
      std::memcpy(static_cast<char*>(all.raw()) + i * bytes, kept_[static_cast<std::size_t>(images[i])][layer].raw(),
                  bytes);
    out.push_back(std::move(all));
  }
  return out;
}

void FeaturePool::visit(std::span<const std::int64_t> images,
                        const std::function<void(const Features&, std::int64_t first)>& visit) const {
  if (!kept()) {
    std::vector<Sample> chosen;
    for (const std::int64_t image : images) chosen.push_back(samples_[static_cast<std::size_t>(image)]);
    ImageFeatureStream(chosen, preprocess_, reading_, engine_, context_).for_each(visit);
    return;
  }
  for (std::size_t first = 0; first < images.size(); first += kBatchSize) {
    context_.check_cancelled("features");
    const auto count = std::min<std::size_t>(kBatchSize, images.size() - first);
    visit(gathered(images.subspan(first, count)), static_cast<std::int64_t>(first));
  }
}

}  // namespace vigie

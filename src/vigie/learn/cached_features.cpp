#include "vigie/learn/cached_features.h"

#include <cstring>

#include "vigie/core/memory.h"
#include "vigie/data/image_batches.h"
#include "vigie/engine/engine.h"

namespace vigie::learn {

namespace {

// Rows [first, first + B) of the cache, which lies in memory as [N h w C].
void copy_rows(const Tensor& from, torch::Tensor& cache, std::int64_t first) {
  std::memcpy(cache.data_ptr<float>() + first * (from.count() / from.dim(0)), from.raw(), from.bytes());
}

}  // namespace

std::vector<torch::Tensor> cached_features(const nn::Network& network, const TrainingRequest& request,
                                           const RunContext& context) {
  const Engine engine(network);
  const auto count = static_cast<std::int64_t>(request.samples.size());
  std::vector<torch::Tensor> caches;
  Progress progress(context, "features", count);
  for_each_batch(
      request.samples, request.preprocess, request.reading, kBatchSize, [&](const Tensor& inputs, std::int64_t first) {
        const std::vector<Tensor> layers = engine.run(inputs);
        if (caches.empty()) {
          std::int64_t bytes = 0;
          for (const Tensor& layer : layers) bytes += static_cast<std::int64_t>(layer.bytes()) / layer.dim(0) * count;
          check_memory("learn", fmt::format("the features of {} images", count), bytes, "use fewer or smaller images");
          for (const Tensor& layer : layers)
            caches.push_back(torch::empty({count, layer.dim(1), layer.dim(2), layer.dim(3)}));
        }
        for (std::size_t i = 0; i < layers.size(); ++i) copy_rows(layers[i], caches[i], first);
        progress.advance(inputs.dim(0));
      });
  for (torch::Tensor& cache : caches) cache = cache.permute({0, 3, 1, 2});
  return caches;
}

torch::Tensor rows_of(const torch::Tensor& features, const std::vector<std::int64_t>& images, torch::Device device) {
  return features.index_select(0, torch::tensor(images)).to(device);
}

}  // namespace vigie::learn

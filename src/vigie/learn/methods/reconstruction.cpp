#include "vigie/learn/methods/reconstruction.h"

#include <algorithm>

#include "vigie/core/threads.h"
#include "vigie/imaging/augment.h"
#include "vigie/learn/losses.h"

namespace vigie::learn {

namespace {

constexpr std::int64_t kShownImages = 8;

Tensor random_view(Tensor image, const Views& views, Random random) {
  if (views.flips && random.below(2) == 1) image = flip_horizontal(image);
  if (views.flips && random.below(2) == 1) image = flip_vertical(image);
  if (views.rotation > 0) image = rotate(image, random.uniform(-views.rotation, views.rotation));
  return image;
}

}  // namespace

Batch image_batch(const MethodInputs& inputs, const std::vector<std::int64_t>& images, std::uint64_t seed,
                  const Views& views) {
  std::vector<Tensor> pictures(images.size());
  parallel_for(static_cast<std::int64_t>(images.size()), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    pictures[at] = random_view(inputs.images.image(images[at]), views, Random(derive_seed(seed, fmt::format("{}", i))));
  });
  return {images, {torch_from_tensor(inputs.images.normalised(pictures)).to(inputs.device)}};
}

AutoencoderShape shape_of(const MethodInputs& inputs, const AutoencoderOptions& options) {
  return {.height = inputs.request.preprocess.height,
          .width = inputs.request.preprocess.width,
          .latent = options.latent,
          .base = options.width};
}

nn::Network fresh_network(const MethodInputs& inputs, nn::Graph graph, std::string_view name) {
  return fresh_network(std::move(graph), inputs.request.seed, name, Initial::He);
}

OptimiserSpec adam(const TrainingOptions& options, const std::vector<torch::Tensor>& parameters) {
  return {.parameters = parameters, .learning_rate = options.learning_rate, .weight_decay = options.weight_decay};
}

torch::Tensor reconstruction_loss(const torch::Tensor& reconstruction, const torch::Tensor& images,
                                  double ssim_weight) {
  const torch::Tensor squared = torch::mse_loss(reconstruction, images);
  return ssim_weight == 0 ? squared : squared + ssim_weight * (1 - ssim(reconstruction, images));
}

Tensor picture_of(const std::vector<torch::Tensor>& rows) {
  std::vector<torch::Tensor> strips;  // [3 H n·W]
  for (const torch::Tensor& row : rows)
    strips.push_back(row.slice(0, 0, kShownImages).permute({1, 2, 0, 3}).flatten(2));
  const torch::Tensor bytes = (torch::cat(strips, 1).clamp(0, 1) * 255).round().to(torch::kCPU, torch::kUInt8);
  const torch::Tensor pixels = bytes.permute({1, 2, 0}).contiguous();
  return Tensor::borrow({pixels.size(0), pixels.size(1), 3}, DType::U8, pixels.data_ptr<std::uint8_t>()).clone();
}

}  // namespace vigie::learn

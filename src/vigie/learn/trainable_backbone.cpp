#include "vigie/learn/trainable_backbone.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/networks/batch_norms.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

constexpr std::int64_t kImages = 32;  // for the norms' statistics: each has thousands of positions
constexpr std::int64_t kBatch = 8;

/// Sums over batches of per-channel means.
struct Moments {
  torch::Tensor mean, square;
};

/// The graph with the values of these convolutions as outputs.
nn::Graph giving(nn::Graph graph, const std::vector<std::string>& convolutions) {
  graph.outputs.clear();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (std::ranges::find(convolutions, graph.nodes[i].name) != convolutions.end())
      graph.outputs.push_back({graph.nodes[i].name, static_cast<int>(i)});
  return nn::select_outputs(graph, convolutions);
}

std::vector<Moments> measure(const nn::Network& network, const std::vector<std::string>& convolutions,
                             const std::vector<torch::Tensor>& batches, torch::Device device) {
  const torch::NoGradGuard no_gradients;
  GraphModule module({giving(network.graph, convolutions), network.weights}, device, {});
  module.set_training(false);
  std::vector<Moments> sums(convolutions.size());
  for (const torch::Tensor& batch : batches) {
    const std::vector<torch::Tensor> values = module.forward(batch.to(device));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const torch::Tensor mean = values[i].mean({0, 2, 3}).to(torch::kDouble);
      const torch::Tensor square = values[i].square().mean({0, 2, 3}).to(torch::kDouble);
      sums[i].mean = sums[i].mean.defined() ? sums[i].mean + mean : mean;
      sums[i].square = sums[i].square.defined() ? sums[i].square + square : square;
    }
  }
  return sums;
}

std::vector<torch::Tensor> some_images(const MethodInputs& inputs) {
  const std::int64_t count = inputs.images.count(), used = std::min(count, kImages);
  std::vector<torch::Tensor> batches;
  for (std::int64_t first = 0; first < used; first += kBatch) {
    std::vector<std::int64_t> indices;
    for (std::int64_t i = first; i < std::min(first + kBatch, used); ++i) indices.push_back(i * count / used);
    batches.push_back(torch_from_tensor(inputs.images.batch(indices)));
  }
  return batches;
}

}  // namespace

bool learns(const std::string& name, const BackboneStart& start) {
  const bool stage = name.starts_with("layer") && name.size() > 5 && name[5] >= '1' && name[5] <= '9';
  const std::int64_t number = stage ? name[5] - '0' : 0;
  return !start.pretrained || start.frozen_stages == 0 || number > start.frozen_stages;
}

nn::Network with_identity_norms(const nn::Network& network,
                                const std::function<bool(const std::string& convolution)>& wanted,
                                const std::vector<torch::Tensor>& batches, torch::Device device) {
  NormedGraph normed = with_batch_norms(network.graph, wanted);
  if (normed.convolutions.empty()) return network;
  VIGIE_CHECK(!batches.empty(), "learn", "no images to measure the batch norms' statistics on");
  const std::vector<Moments> sums = measure(network, normed.convolutions, batches, device);
  nn::Network result{std::move(normed.graph), network.weights};
  const double share = 1.0 / static_cast<double>(batches.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::string name = normed.convolutions[i] + ".norm.";
    const torch::Tensor mean = sums[i].mean * share;
    const torch::Tensor variance = (sums[i].square * share - mean.square()).clamp_min(0);
    result.weights[name + "running_mean"] = tensor_from_torch(mean);
    result.weights[name + "running_var"] = tensor_from_torch(variance);
    result.weights[name + "bias"] = tensor_from_torch(mean);
    result.weights[name + "weight"] = tensor_from_torch((variance + 1e-5).sqrt());  // + the norm's epsilon
  }
  return result;
}

nn::Network trainable_backbone(const MethodInputs& inputs, const BackboneStart& start) {
  const nn::Network folded = nn::fold_batch_norms(inputs.request.backbone);
  const auto wanted = [&](const std::string& name) { return learns(name, start); };
  if (start.pretrained) return with_identity_norms(folded, wanted, some_images(inputs), inputs.device);
  nn::Network network{with_batch_norms(folded.graph, wanted).graph, {}};
  network.weights = initial_weights(network.graph, derive_seed(inputs.request.seed, "backbone"), Initial::He);
  return network;
}

}  // namespace vigie::learn

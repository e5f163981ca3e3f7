#pragma once

#include "vigie/learn/torch.h"
#include "vigie/training/trainer.h"

namespace vigie::learn {

/// What a frozen network sees in all images, computed once by the engine in f32: one float tensor [N C h w]
/// (channels-last) per output of `network`, on the CPU. Memory is N·h·w·C·4 bytes a layer. Throws InvalidArgument when
/// that is more than the machine has left, Cancelled; errors name the image.
std::vector<torch::Tensor> cached_features(const nn::Network& network, const TrainingRequest& request,
                                           const RunContext& context);

/// Rows of such a tensor on the training device.
torch::Tensor rows_of(const torch::Tensor& features, const std::vector<std::int64_t>& images, torch::Device device);

}  // namespace vigie::learn

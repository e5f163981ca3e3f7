#pragma once

#include "vigie/learn/method.h"

namespace vigie::learn {

/// How a backbone begins to learn.
struct BackboneStart {
  bool pretrained = true;          ///< false: random weights (He), and everything learns
  std::int64_t frozen_stages = 0;  ///< so many first stages keep their weights; the stem counts with layer1
};

/// Whether the parameter or layer of that name ("conv1…": stem, "layer2…": stage 2) learns.
bool learns(const std::string& name, const BackboneStart& start);

/// request.backbone ready to learn. Its batch norms were folded into the convolutions; those that learn get new ones,
/// which at first change nothing (with_identity_norms over up to 32 of the images), so that it can be trained at the
/// rates such networks are trained at.
nn::Network trainable_backbone(const MethodInputs& inputs, const BackboneStart& start);

/// `network` with a batch norm behind every convolution that `wanted` accepts. Its mean and variance are those of what
/// the convolution gives for `batches` [B 3 H W]; its scale and shift undo them.
nn::Network with_identity_norms(const nn::Network& network,
                                const std::function<bool(const std::string& convolution)>& wanted,
                                const std::vector<torch::Tensor>& batches, torch::Device device);

}  // namespace vigie::learn

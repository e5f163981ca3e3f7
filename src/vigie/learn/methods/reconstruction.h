#pragma once

#include "vigie/detectors/autoencoder.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/method.h"
#include "vigie/networks/autoencoder.h"

namespace vigie::learn {

// What the trainings of methods that reconstruct images share.

/// Which other views of an image count as normal.
struct Views {
  bool flips = false;   ///< left-right and top-bottom, each for half of the images
  double rotation = 0;  ///< degrees either way
};

/// inputs[0]: images [B 3 H W], 0 … 1. Where it trains, each a random one of its views.
Batch image_batch(const MethodInputs& inputs, const std::vector<std::int64_t>& images, std::uint64_t seed,
                  const Views& views);

AutoencoderShape shape_of(const MethodInputs& inputs, const AutoencoderOptions& options);

/// The graph with seeded weights of He's size: it has no norms that would keep signals at theirs.
nn::Network fresh_network(const MethodInputs& inputs, nn::Graph graph, std::string_view name);

/// Adam with the options' learning rate and weight decay.
OptimiserSpec adam(const TrainingOptions& options, const std::vector<torch::Tensor>& parameters);

/// Mean squared error + ssim_weight · (1 − SSIM) of images [B 3 H W], 0 … 1.
torch::Tensor reconstruction_loss(const torch::Tensor& reconstruction, const torch::Tensor& images, double ssim_weight);

/// Rows of pictures, each the first images of a batch [B 3 H W], 0 … 1, side by side -> U8 [rows·H n·W 3], n <= 8.
Tensor picture_of(const std::vector<torch::Tensor>& rows);

}  // namespace vigie::learn

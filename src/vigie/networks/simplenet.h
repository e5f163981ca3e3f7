#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vigie/nn/graph.h"

namespace vigie {

/// Patch features of a backbone, its only output "patches" [B h w D] at the grid of the first of `layers`: each layer
/// averaged over patch_size x patch_size cells (zeros beyond the border), brought to that grid bilinearly,
/// concatenated. `image` [1 H W 3] is the size of the network's input. As patch_embedding.h does outside of a network.
/// Throws InvalidArgument when a grid is not a whole multiple of a later one, and on an even patch_size.
nn::Graph patch_graph(const nn::Graph& backbone, const std::vector<std::string>& layers, std::int64_t patch_size,
                      const Shape& image);

/// Two heads for patches of `channels` = D values. SimpleNet, Liu et al. 2023, CVPR, arXiv 2303.15140.
/// Adaptor: "adapted" [B h w D], one linear layer (a 1x1 convolution, as are those below).
nn::Graph adaptor_graph(std::int64_t channels);
/// Discriminator: "discriminator" [B h w 1], larger for normal patches; linear - batch norm - leaky ReLU (0.2) - linear
/// without bias.
nn::Graph discriminator_graph(std::int64_t channels, std::int64_t hidden);

/// The three in a row: image -> "discriminator".
nn::Graph simplenet_graph(const nn::Graph& patches, const nn::Graph& adaptor, const nn::Graph& discriminator);

}  // namespace vigie

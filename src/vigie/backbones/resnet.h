#pragma once

#include <array>

#include "vigie/nn/graph.h"

namespace vigie {

/// Residual networks: He et al. 2016, arXiv 1512.03385; wide ones: Zagoruyko & Komodakis 2016, arXiv 1605.07146.
struct ResNetSpec {
  std::array<int, 4> blocks{2, 2, 2, 2};  ///< residual blocks of layer1 … layer4
  bool bottleneck = false;  ///< 1x1, 3x3, 1x1 convolutions with four times the channels at the end, else two 3x3
  int width_factor = 1;     ///< bottleneck only: widens the 3x3 convolution
  std::int64_t width = 64;  ///< channels of the stem; stages have 1, 2, 4, 8 times as many inside a block, >= 1
};

/// The convolutional part, parameters named as torchvision names them (stride in the 3x3 convolution of a bottleneck).
/// Input [B H W 3]; outputs "layer1" … "layer4" at strides 4, 8, 16, 32 and "pool" [B 1 1 D].
nn::Graph resnet_graph(const ResNetSpec& spec);

/// Channels of layer `stage` (1 … 4).
std::int64_t resnet_channels(const ResNetSpec& spec, int stage);

}  // namespace vigie

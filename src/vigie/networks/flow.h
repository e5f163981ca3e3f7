#pragma once

#include <cstdint>
#include <string>

#include "vigie/core/tensor_map.h"
#include "vigie/nn/graph.h"

namespace vigie {

/// A normalising flow over the features of one layer.
struct FlowSpec {
  std::string layer;                                 ///< "layer1": names the outputs and, after "flow.", the parameters
  std::int64_t height = 0, width = 0, channels = 0;  ///< of the features; channels even
  std::int64_t steps = 8;
  bool only_3x3 = false;      ///< else every second step, from the second on, has 1x1 convolutions
  double hidden_ratio = 1.0;  ///< hidden channels of a step's convolutions per input channel of theirs
  double clamp = 2.0;         ///< largest log-scale of a step
};

/// Features [B h w C] -> "z.<layer>" [B h w C], which training makes standard normal on normal images, and
/// "log_scale.<layer>.<k>" [B h w C/2] of every step k: the sum of all of them is the flow's log-determinant.
/// First a layer norm over the whole of an image's features with a scale and shift per value, then the steps: the first
/// half of the channels passes and gives, through convolution-ReLU-convolution a = 0.1·net(x1), what scales and shifts
/// the second, x2·exp(clamp·tanh(a1)) + a2; then a fixed permutation of the channels (a 1x1 convolution).
/// Paper: Yu et al. 2021, "FastFlow", arXiv 2111.07677; the coupling is GLOW's as FrEIA's AllInOneBlock has it, without
/// that one's global scale per channel. The layer norm is no part of the determinant, as in the public implementation.
/// Throws InvalidArgument on odd channels and empty extents.
nn::Graph flow_graph(const FlowSpec& spec);

/// Makes freshly drawn weights those of a flow that begins as a permutation of the normalised features: draws the
/// permutations and puts the last convolution of every step to zero. Parameters it does not know stay.
void begin_flow(const FlowSpec& spec, std::uint64_t seed, TensorMap& weights);

/// Parameters of a flow that are fixed from the start: everything else learns.
bool is_permutation(const std::string& parameter);

}  // namespace vigie

#pragma once

#include <cstdint>
#include <string_view>

#include "vigie/core/tensor_map.h"
#include "vigie/nn/passes.h"

namespace vigie::learn {

/// How weights begin.
enum class Initial {
  He,         ///< N(0, 2 / fan-in), biases 0 (He et al. 2015)
  Uniform,    ///< U(-1, 1) / sqrt(fan-in), biases alike: PyTorch's default
  Normal002,  ///< N(0, 0.02), scales of norms N(1, 0.02), biases 0 (DCGAN, Radford et al. 2016)
};

/// Seeded weights for every parameter of `graph`; norms begin as the identity (mean 0, variance 1). Every parameter
/// has its own stream of numbers, so that adding a layer does not move the others'.
TensorMap initial_weights(const nn::Graph& graph, std::uint64_t seed, Initial scheme);

/// The graph with such weights. `name` tells its numbers from those of the run's other networks.
nn::Network fresh_network(nn::Graph graph, std::uint64_t seed, std::string_view name, Initial scheme);

}  // namespace vigie::learn

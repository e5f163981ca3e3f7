#include "vigie/backbones/random_weights.h"

#include <cmath>

#include "vigie/core/random.h"

namespace vigie {

namespace {

Tensor random_kernel(const Shape& shape, std::uint64_t seed) {
  Tensor kernel(shape);
  const double inputs = static_cast<double>(count_of(shape)) / static_cast<double>(shape[0]);
  Random random(seed);
  for (float& x : kernel.values<float>()) x = static_cast<float>(std::sqrt(2 / inputs) * random.normal());
  return kernel;
}

}  // namespace

nn::Network random_backbone(const std::string& name, const std::vector<std::string>& layers, std::uint64_t seed) {
  nn::Network network{nn::select_outputs(backbone_info(name).graph(), layers), {}};
  for (const auto& [parameter, shape] : nn::parameter_shapes(network.graph)) {
    const bool one = shape.size() == 1 && (parameter.ends_with("weight") || parameter.ends_with("running_var"));
    network.weights[parameter] =
        shape.size() > 1 ? random_kernel(shape, derive_seed(seed, parameter)) : Tensor::full(shape, one ? 1.0F : 0.0F);
  }
  return network;
}

}  // namespace vigie

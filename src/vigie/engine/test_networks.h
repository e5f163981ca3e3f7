#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/nn/builder.h"

namespace vigie {

inline Tensor random_tensor(const Shape& shape, std::uint64_t seed, double scale = 1) {
  Random random(seed);
  Tensor tensor(shape);
  for (float& x : tensor.values<float>()) x = static_cast<float>(scale * random.normal());
  return tensor;
}

/// Weights of He's size, variances away from zero.
inline nn::Network random_network(const nn::Graph& graph, std::uint64_t seed = 1) {
  nn::Network network{graph, {}};
  for (const auto& [name, shape] : nn::parameter_shapes(graph)) {
    const double inputs = static_cast<double>(count_of(shape)) / static_cast<double>(shape[0]);
    Tensor tensor = random_tensor(shape, derive_seed(seed, name), shape.size() > 1 ? std::sqrt(2 / inputs) : 1);
    if (name.ends_with("running_var"))
      for (float& x : tensor.values<float>()) x = 0.5F + std::abs(x);
    network.weights[name] = tensor;
  }
  return network;
}

/// Largest difference relative to the largest magnitude of `expected`.
inline double relative_error(const Tensor& actual, const Tensor& expected) {
  double largest = 1e-30, difference = 0;
  for (std::int64_t i = 0; i < expected.count(); ++i) {
    const double e = expected.data<float>()[i];
    largest = std::max(largest, std::abs(e));
    const double d = std::abs(actual.data<float>()[i] - e);
    difference = std::isnan(d) ? INFINITY : std::max(difference, d);
  }
  return difference / largest;
}

inline void expect_close(const std::vector<Tensor>& actual, const std::vector<Tensor>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].shape(), expected[i].shape()) << "output " << i;
    EXPECT_LT(relative_error(actual[i], expected[i]), tolerance) << "output " << i;
  }
}

/// The engine against the reference, for the input [1 H W C] and three of them.
inline void expect_engine_right(const nn::Graph& graph, std::int64_t height, std::int64_t width,
                                double tolerance = 1e-5) {
  const nn::Network network = random_network(graph);
  const Engine engine(network);
  const auto channels = static_cast<std::int64_t>(graph.nodes.at(0).attrs.at("channels"));
  for (const std::int64_t batch : {1, 3}) {
    SCOPED_TRACE("batch " + std::to_string(batch));
    const Tensor input = random_tensor({batch, height, width, channels}, 7);
    expect_close(engine.run(input), run_reference(network, input), tolerance);
  }
}

}  // namespace vigie

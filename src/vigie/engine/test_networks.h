#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/engine/quantise.h"
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

/// Energy of `expected` over that of the difference, dB; 200 where there is none.
inline double sqnr_db(const Tensor& actual, const Tensor& expected) {
  double signal = 0, error = 0;
  for (std::int64_t i = 0; i < expected.count(); ++i) {
    const double e = expected.data<float>()[i];
    const double d = actual.data<float>()[i] - e;
    signal += e * e;
    error += d * d;
  }
  if (std::isnan(error)) return -200;
  return error == 0 ? 200.0 : 10 * std::log10(signal / error);
}

/// Ranges from the given input alone; every layer that can be is int8.
inline nn::Quantisation quantised_on(const nn::Network& network, const Tensor& input) {
  QuantiseOptions options;
  options.min_sqnr_db = 0;
  options.keep_first = false;
  return quantise(network, [&](const auto& visit) { visit(input); }, options, {});
}

inline void expect_signal(const std::vector<Tensor>& actual, const std::vector<Tensor>& expected, double least_db) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].shape(), expected[i].shape()) << "output " << i;
    EXPECT_GT(sqnr_db(actual[i], expected[i]), least_db) << "output " << i;
  }
}

/// BF16 has 8 bits of mantissa, 8-bit integers 7 or 8 of range: a few layers leave these signal-to-noise ratios.
inline constexpr double kBf16Db = 36, kInt8Db = 22;

inline void expect_lower_precisions_right(const nn::Network& network, const Tensor& input,
                                          const std::vector<Tensor>& expected) {
  {
    SCOPED_TRACE("bf16");
    expect_signal(Engine(network, {Precision::BF16, {}}).run(input), expected, kBf16Db);
  }
  SCOPED_TRACE("int8");
  const EngineOptions options{Precision::Int8, quantised_on(network, input)};
  expect_signal(Engine(network, options).run(input), expected, kInt8Db);
}

/// The engine in every precision against the reference, for the input [1 H W C] and three of them.
inline void expect_engine_right(const nn::Graph& graph, std::int64_t height, std::int64_t width,
                                double tolerance = 1e-5) {
  const nn::Network network = random_network(graph);
  const Engine engine(network);
  const auto channels = static_cast<std::int64_t>(graph.nodes.at(0).attrs.at("channels"));
  for (const std::int64_t batch : {1, 3}) {
    SCOPED_TRACE("batch " + std::to_string(batch));
    const Tensor input = random_tensor({batch, height, width, channels}, 7);
    const std::vector<Tensor> expected = run_reference(network, input);
    expect_close(engine.run(input), expected, tolerance);
    expect_lower_precisions_right(network, input, expected);
  }
}

/// The message of the Error that `action` throws, which must be of this kind.
template <typename Action>
std::string message_of(ErrorKind kind, const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind);
    return e.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

}  // namespace vigie

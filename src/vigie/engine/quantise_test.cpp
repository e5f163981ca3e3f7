#include "vigie/engine/quantise.h"

#include <gmock/gmock.h>

#include <limits>

#include "vigie/engine/test_networks.h"

namespace vigie {
namespace {

using nn::GraphBuilder;
using nn::Op;
using nn::Ref;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

nn::Graph small_graph() {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("a", b.input(3), {.out = 16, .bias = true}));
  const Ref y = b.relu(b.conv("b", x, {.out = 16}));
  b.output("y", b.conv("c", b.concat({x, y}), {.out = 8}));
  return b.build();
}

InputStream stream_of(std::vector<Tensor> inputs) {
  return [inputs = std::move(inputs)](const auto& visit) {
    for (const Tensor& input : inputs) visit(input);
  };
}

TEST(Quantise, RangesHoldWhatWasSeen) {
  const nn::Network network = random_network(small_graph());
  const Tensor input = random_tensor({2, 12, 12, 3}, 3);
  QuantiseOptions options;
  options.range = "max";
  options.keep_first = false;
  const nn::Quantisation q = quantise(network, stream_of({input}), options, {});
  double largest = 0;
  for (const float x : input.values<float>()) largest = std::max<double>(largest, std::abs(x));
  EXPECT_FLOAT_EQ(static_cast<float>(q.activations.at("input").bound), static_cast<float>(largest));
  EXPECT_TRUE(q.activations.at("input").negative);
  int unsigned_values = 0;
  for (const auto& [name, range] : q.activations) unsigned_values += range.negative ? 0 : 1;
  EXPECT_EQ(unsigned_values, 3) << "two ReLUs and their concatenation";
  EXPECT_TRUE(q.kept.empty());
  options.keep_first = true;
  EXPECT_THAT(quantise(network, stream_of({input}), options, {}).kept,
              testing::ElementsAre(network.graph.nodes[1].name));
}

TEST(Quantise, EveryRangeRuleServes) {
  const nn::Network network = random_network(small_graph());
  const Tensor input = random_tensor({2, 12, 12, 3}, 3);
  const std::vector<Tensor> expected = run_reference(network, input);
  for (const char* range : {"mse", "percentile", "max"}) {
    QuantiseOptions options;
    options.range = range;
    const nn::Quantisation q = quantise(network, stream_of({input}), options, {});
    expect_signal(Engine(network, {Precision::Int8, q}).run(input), expected, kInt8Db);
  }
}

TEST(Quantise, KeepsLayersThatInt8WouldRuin) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("a", b.input(4), {.out = 16, .bias = true}));
  b.output("y", b.conv("b", b.conv("harmless", x, {.out = 16}), {.out = 16}));
  nn::Network network = random_network(b.build());
  // One weight a thousand times the rest: nothing is left of the others, and the input it meets is nearly always 0.
  auto weight = network.weights["b.weight"].values<float>();
  for (std::size_t i = 0; i < weight.size(); i += 16 * 9) weight[i] = 1000;
  auto feeding = network.weights["harmless.weight"].values<float>();
  std::fill_n(feeding.begin(), 16 * 9, 0.0F);
  std::vector<LayerNoise> noise;
  const nn::Quantisation q = quantise(network, stream_of({random_tensor({1, 9, 9, 4}, 1)}), {}, {}, &noise);
  EXPECT_THAT(q.kept, Contains("b"));
  EXPECT_THAT(q.kept, Not(Contains("harmless")));
  EXPECT_EQ(noise.size(), 3u);
}

TEST(Quantise, ALayersNoiseIsWhatTheEngineShows) {
  GraphBuilder b;
  b.output("y", b.relu(b.conv("a", b.input(16), {.out = 32, .bias = true})));
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({2, 9, 9, 16}, 1);
  std::vector<LayerNoise> noise;
  QuantiseOptions options;
  options.keep_first = false;
  const nn::Quantisation q = quantise(network, stream_of({input}), options, {}, &noise);
  if (runnable(Precision::Int8) != Precision::Int8) GTEST_SKIP() << "this processor has no int8 instructions";
  const Tensor result = Engine(network, {Precision::Int8, q}).run(input)[0];
  EXPECT_NEAR(noise.at(0).sqnr_db, sqnr_db(result, Engine(network).run(input)[0]), 0.01);
}

TEST(Quantise, OneImageIdenticalImagesAndBlackOnesAreEnough) {
  const nn::Network network = random_network(small_graph());
  const Tensor image = random_tensor({1, 12, 12, 3}, 3);
  const Tensor black = Tensor::zeros({1, 12, 12, 3});
  for (const std::vector<Tensor>& inputs : {std::vector{image}, std::vector{image, image, image}, std::vector{black}}) {
    const nn::Quantisation q = quantise(network, stream_of(inputs), {}, {});
    for (const auto& [name, range] : q.activations) EXPECT_GT(range.bound, 0) << name;
    for (const Tensor& y : Engine(network, {Precision::Int8, q}).run(image))
      for (const float x : y.values<float>()) ASSERT_TRUE(std::isfinite(x));
  }
}

TEST(Quantise, ImagesMayDifferInSize) {
  const nn::Network network = random_network(small_graph());
  const nn::Quantisation q =
      quantise(network, stream_of({random_tensor({1, 12, 12, 3}, 1), random_tensor({2, 16, 10, 3}, 2)}), {}, {});
  EXPECT_EQ(q.activations.size(), 5u);
}

TEST(Quantise, RefusesNoImagesAndValuesThatAreNotFinite) {
  const nn::Network network = random_network(small_graph());
  const auto message = [&](std::vector<Tensor> inputs) {
    return message_of(ErrorKind::InvalidArgument, [&] { quantise(network, stream_of(std::move(inputs)), {}, {}); });
  };
  EXPECT_THAT(message({}), HasSubstr("no image to calibrate on"));
  Tensor bad = random_tensor({1, 8, 8, 3}, 1);
  bad.data<float>()[5] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(message({bad}), HasSubstr("not finite"));
}

TEST(Quantise, RefusesOptionsOutOfRangeAndStopsWhenAsked) {
  const nn::Network network = random_network(small_graph());
  const InputStream inputs = stream_of({random_tensor({1, 8, 8, 3}, 1)});
  QuantiseOptions options;
  options.range = "median";
  message_of(ErrorKind::InvalidArgument, [&] { quantise(network, inputs, options, {}); });
  std::stop_source stop;
  stop.request_stop();
  message_of(ErrorKind::Cancelled, [&] { quantise(network, inputs, {}, RunContext(stop.get_token(), {})); });
}

}  // namespace
}  // namespace vigie

#include <gmock/gmock.h>

#include <cstdlib>

#include "vigie/engine/test_networks.h"

namespace vigie {
namespace {

using nn::GraphBuilder;
using nn::Op;
using nn::Ref;

/// Inverted residuals: linear bottlenecks whose sums are negative as often as not.
nn::Graph bottlenecks() {
  GraphBuilder b;
  Ref x = b.unary(Op::Relu6, b.conv("stem", b.input(3), {.out = 16, .stride = 2, .bias = true}));
  x = b.conv("linear", x, {.out = 16, .kernel = 1, .bias = true});
  for (const std::string name : {"a", "b", "c"}) {
    Ref y = b.unary(Op::Relu6, b.conv(name + ".expand", x, {.out = 64, .kernel = 1, .bias = true}));
    y = b.unary(Op::Relu6, b.conv(name + ".depthwise", y, {.out = 64, .groups = 64, .bias = true}));
    x = b.add(x, b.conv(name + ".project", y, {.out = 16, .kernel = 1, .bias = true}));
  }
  b.output("y", b.conv("last", x, {.out = 24, .kernel = 1}));
  return b.build();
}

/// Squeeze, two expansions side by side, pool.
nn::Graph fires() {
  GraphBuilder b;
  Ref x = b.max_pool(b.relu(b.conv("stem", b.input(3), {.out = 32, .stride = 2, .bias = true})), 3, 2, 0, true);
  for (const std::string name : {"f1", "f2"}) {
    const Ref s = b.relu(b.conv(name + ".squeeze", x, {.out = 16, .kernel = 1, .bias = true}));
    x = b.concat(
        {b.relu(b.conv(name + ".one", s, {.out = 32, .kernel = 1})), b.relu(b.conv(name + ".three", s, {.out = 48}))});
    b.output(name, x);
  }
  b.output("up", b.conv("smooth", b.upsample(x, 2, false), {.out = 16}));
  b.output("pool", b.unary(Op::GlobalAvgPool, x));
  return b.build();
}

TEST(LowPrecision, SignedSumsInPlace) {
  expect_engine_right(bottlenecks(), 24, 20);
}

TEST(LowPrecision, ConcatenationsShareARange) {
  expect_engine_right(fires(), 35, 33);
}

TEST(LowPrecision, GroupsThatWidenFewChannels) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("wide", b.input(16), {.out = 64, .groups = 16}));
  b.output("y", b.conv("narrow", x, {.out = 32, .groups = 2}));
  expect_engine_right(b.build(), 9, 8);
}

/// One weight read with unsigned and with signed values, in either order: int8 kernels lay it out differently for each.
TEST(LowPrecision, LayersMayShareAWeight) {
  for (const bool unsigned_first : {false, true}) {
    GraphBuilder b;
    const Ref x = b.conv("x", b.input(16), {.out = 16});
    const Ref first = unsigned_first ? b.relu(x) : x;
    const Ref second = unsigned_first ? x : b.relu(x);
    b.output("a", b.conv("a", first, {.out = 16}));
    b.output("b", b.conv("b", second, {.out = 16}));
    nn::Graph graph = b.build();
    for (nn::Node& node : graph.nodes)
      if (node.name == "b") node.params = {"a.weight"};
    expect_engine_right(graph, 9, 8);
  }
}

TEST(LowPrecision, GatesBetweenInt8Convolutions) {
  GraphBuilder b;
  Ref x = b.unary(Op::HardSwish, b.conv("a", b.input(16), {.out = 32}));
  const Ref gate = b.unary(Op::HardSigmoid, b.conv("gate", b.unary(Op::GlobalAvgPool, x), {.out = 32, .kernel = 1}));
  b.output("y", b.conv("b", b.mul(x, gate), {.out = 16}));
  expect_engine_right(b.build(), 12, 9);
}

TEST(LowPrecision, ConstantZerosAndDeadChannelsAreHarmless) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("a", b.input(8), {.out = 16, .bias = true}));
  b.output("y", b.relu(b.conv("b", x, {.out = 16, .bias = true})));
  nn::Network network = random_network(b.build());
  for (const float bias : {-1000.0F, 0.5F}) {  // dead altogether; then only every second channel
    auto weight = network.weights["a.weight"].values<float>();
    for (std::size_t i = 0; i < weight.size(); ++i)
      if (i / (weight.size() / 16) % 2 == 0) weight[i] = 0;
    std::ranges::fill(network.weights["a.bias"].values<float>(), bias);
    const Tensor input = random_tensor({1, 9, 9, 8}, 3);
    expect_lower_precisions_right(network, input, run_reference(network, input));
  }
}

TEST(LowPrecision, ABlackImageRunsInEveryPrecision) {
  const nn::Network network = random_network(bottlenecks());
  const Tensor black = Tensor::zeros({1, 24, 20, 3});
  expect_lower_precisions_right(network, black, run_reference(network, black));
}

TEST(LowPrecision, KeptAndUnmeasuredLayersFallBack) {
  const nn::Network network = random_network(fires());
  const Tensor input = random_tensor({1, 35, 33, 3}, 7);
  const std::vector<Tensor> expected = run_reference(network, input);
  nn::Quantisation quantisation = quantised_on(network, input);
  quantisation.kept = {"stem", "f1.three", "smooth"};
  expect_signal(Engine(network, {Precision::Int8, quantisation}).run(input), expected, kInt8Db);
  quantisation.activations.erase(quantisation.activations.begin());
  expect_signal(Engine(network, {Precision::Int8, quantisation}).run(input), expected, kInt8Db);
  expect_signal(Engine(network, {Precision::Int8, {}}).run(input), expected, kBf16Db);
}

TEST(LowPrecision, KeepingEveryLayerEqualsHavingNoRanges) {
  const nn::Network network = random_network(bottlenecks());
  const Tensor input = random_tensor({1, 24, 20, 3}, 7);
  nn::Quantisation all = quantised_on(network, input);
  for (const nn::Node& node : network.graph.nodes) all.kept.push_back(node.name);
  const std::vector<Tensor> kept = Engine(network, {Precision::Int8, all}).run(input);
  expect_close(kept, Engine(network, {Precision::Int8, {}}).run(input), 1e-7);
}

TEST(LowPrecision, TheEngineSaysWhatItRunsIn) {
  const nn::Network network = random_network(bottlenecks());
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8})
    EXPECT_EQ(Engine(network, {precision, {}}).precision(), runnable(precision));
}

TEST(LowPrecision, FallsBackWhereTheInstructionsAreForbidden) {
  const nn::Network network = random_network(bottlenecks());
  const Tensor input = random_tensor({1, 24, 20, 3}, 7);
  const nn::Quantisation quantisation = quantised_on(network, input);
  const std::vector<Tensor> expected = Engine(network).run(input);
  const char* before = std::getenv("DNNL_MAX_CPU_ISA");
  const std::string saved = before == nullptr ? "" : before;
  setenv("DNNL_MAX_CPU_ISA", "AVX2", 1);
  const Engine engine(network, {Precision::Int8, quantisation});
  before == nullptr ? unsetenv("DNNL_MAX_CPU_ISA") : setenv("DNNL_MAX_CPU_ISA", saved.c_str(), 1);
  EXPECT_EQ(engine.precision(), Precision::F32);
  expect_close(engine.run(input), expected, 1e-7);
}

}  // namespace
}  // namespace vigie

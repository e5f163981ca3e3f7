#include "vigie/engine/engine.h"

#include <gmock/gmock.h>

#include <cstring>
#include <thread>

#include "vigie/core/threads.h"
#include "vigie/engine/test_networks.h"

namespace vigie {
namespace {

using nn::GraphBuilder;
using nn::Op;
using nn::Ref;
using testing::HasSubstr;

/// A little of everything, two outputs.
nn::Graph mixed_graph() {
  GraphBuilder b;
  Ref x = b.relu(b.batch_norm("bn1", b.conv("conv1", b.input(3), {.out = 16, .kernel = 7, .stride = 2})));
  x = b.max_pool(x, 3, 2, 1);
  Ref y = b.unary(Op::Silu, b.conv("expand", x, {.out = 32, .kernel = 1, .bias = true}));
  y = b.conv("depthwise", y, {.out = 32, .kernel = 3, .groups = 32});
  y = b.mul(y, b.unary(Op::Sigmoid, b.conv("se", b.unary(Op::GlobalAvgPool, y), {.out = 32, .kernel = 1})));
  x = b.relu(b.add(x, b.batch_norm("bn2", b.conv("project", y, {.out = 16, .kernel = 1}))));
  b.output("features", x);
  x = b.conv_transpose("up", x, {.out = 8, .kernel = 4, .stride = 2, .bias = true});
  b.output("up", b.concat({x, b.upsample(b.avg_pool(x, 2, 2), 2, true)}));
  return b.build();
}

bool same_bytes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].shape() != b[i].shape() || std::memcmp(a[i].raw(), b[i].raw(), a[i].bytes()) != 0) return false;
  return true;
}

TEST(Engine, RunsAMixedNetworkAsTheReferenceDoes) {
  expect_engine_right(mixed_graph(), 40, 56);
}

TEST(Engine, GivesTheSameBytesEveryTime) {
  const nn::Network network = random_network(mixed_graph());
  const Engine engine(network);
  const Tensor input = random_tensor({2, 40, 40, 3}, 1);
  const std::vector<Tensor> first = engine.run(input);
  EXPECT_TRUE(same_bytes(engine.run(input), first));
  EXPECT_TRUE(same_bytes(Engine(network).run(input), first));
}

TEST(Engine, ABatchEqualsItsImages) {
  const Engine engine(random_network(mixed_graph()));
  const Tensor batch = random_tensor({4, 40, 48, 3}, 2);
  const std::vector<Tensor> together = engine.run(batch);
  for (std::int64_t i = 0; i < 4; ++i) {
    std::vector<Tensor> row;
    for (const Tensor& output : together) row.push_back(output.rows(i, i + 1));
    expect_close(engine.run(batch.rows(i, i + 1)), row, 1e-5);
  }
}

TEST(Engine, ServesMoreShapesThanItRemembers) {
  const nn::Network network = random_network(mixed_graph());
  const Engine engine(network);
  std::vector<std::vector<Tensor>> first;
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 7; ++i) {
      const Tensor input = random_tensor({1 + i % 2, 32 + 8 * i, 40, 3}, static_cast<std::uint64_t>(i));
      if (round == 0)
        first.push_back(engine.run(input));
      else
        EXPECT_TRUE(same_bytes(engine.run(input), first[static_cast<std::size_t>(i)])) << i;
    }
  const Tensor input = random_tensor({1, 32, 40, 3}, 0);
  expect_close(first[0], run_reference(network, input), 1e-5);
}

TEST(Engine, OutputsStayWhenTheEngineRunsAgain) {
  const Engine engine(random_network(mixed_graph()));
  const std::vector<Tensor> kept = engine.run(random_tensor({1, 40, 40, 3}, 1));
  std::vector<Tensor> copies;
  for (const Tensor& output : kept) copies.push_back(output.clone());
  engine.run(random_tensor({1, 40, 40, 3}, 2));
  EXPECT_TRUE(same_bytes(kept, copies));
}

TEST(Engine, ServesTwoThreadsAtOnce) {
  const Engine engine(random_network(mixed_graph()));
  const std::vector<Tensor> inputs = {random_tensor({1, 40, 40, 3}, 1), random_tensor({2, 48, 32, 3}, 2)};
  std::vector<std::vector<Tensor>> expected;
  for (const Tensor& input : inputs) expected.push_back(engine.run(input));
  std::vector<int> agreed(2, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 2; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < 20; ++i) {
          const std::size_t which = (t + i) % 2;
          agreed[t] += same_bytes(engine.run(inputs[which]), expected[which]) ? 1 : 0;
        }
      });
  }
  EXPECT_THAT(agreed, testing::ElementsAre(20, 20));
}

TEST(Engine, FollowsTheThreadBudget) {
  const nn::Network network = random_network(mixed_graph());
  const Engine engine(network);
  const Tensor input = random_tensor({1, 40, 40, 3}, 1);
  const std::vector<Tensor> expected = run_reference(network, input);
  const int budget = thread_budget();
  for (const int threads : {1, 2, 3}) {
    set_thread_budget(threads);
    expect_close(engine.run(input), expected, 1e-5);
  }
  set_thread_budget(budget);
}

TEST(Engine, OwnsItsWeights) {
  GraphBuilder b;
  b.output("y", b.linear("fc", b.layer_norm("ln", b.input(8)), 4));
  nn::Network network = random_network(b.build());
  const Engine engine(network);
  const Tensor input = random_tensor({1, 2, 2, 8}, 1);
  const std::vector<Tensor> expected = run_reference(network, input);
  for (auto& [name, tensor] : network.weights) std::ranges::fill(tensor.values<float>(), 0.0F);
  expect_close(engine.run(input), expected, 1e-5);
}

TEST(Engine, KeepsTheGraphItWasGiven) {
  const nn::Graph graph = mixed_graph();
  EXPECT_EQ(nn::json_from_graph(Engine(random_network(graph)).graph()), nn::json_from_graph(graph));
}

TEST(Engine, RefusesWeightsThatDoNotFit) {
  nn::Network network = random_network(mixed_graph());
  network.weights["up.weight"] = Tensor::zeros({8, 16, 4, 4});
  EXPECT_THAT(message_of(ErrorKind::BadFile, [&] { Engine{network}; }), HasSubstr("'up.weight' has shape [8 16 4 4]"));
  network.weights.erase("up.weight");
  EXPECT_THAT(message_of(ErrorKind::NotFound, [&] { Engine{network}; }), HasSubstr("'up.weight' is missing"));
}

TEST(Engine, RefusesInputsThatDoNotFit) {
  const Engine engine(random_network(mixed_graph()));
  const auto run = [&](Shape shape, DType type) {
    return message_of(ErrorKind::InvalidArgument, [&] { engine.run(Tensor::zeros(shape, type)); });
  };
  EXPECT_THAT(run({1, 40, 40, 4}, DType::F32), HasSubstr("channels must be 3"));
  EXPECT_THAT(run({40, 40, 3}, DType::F32), HasSubstr("[B H W C]"));
  EXPECT_THAT(run({0, 40, 40, 3}, DType::F32), HasSubstr("empty input"));
  EXPECT_THAT(run({1, 40, 40, 3}, DType::U8), HasSubstr("must be f32, got u8"));
  EXPECT_EQ(engine.run(Tensor::zeros({1, 40, 40, 3})).size(), 2u) << "a refused input leaves the engine usable";
}

}  // namespace
}  // namespace vigie

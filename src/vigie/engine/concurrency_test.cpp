#include <gmock/gmock.h>

#include <barrier>
#include <cstring>
#include <thread>

#include "vigie/core/threads.h"
#include "vigie/engine/test_networks.h"

namespace vigie {
namespace {

nn::Graph residual_graph() {
  nn::GraphBuilder b;
  nn::Ref x =
      b.max_pool(b.relu(b.conv("stem", b.input(3), {.out = 32, .kernel = 7, .stride = 2, .bias = true})), 3, 2, 1);
  for (const char* name : {"a", "b"}) {
    const nn::Ref y = b.relu(b.conv(std::string(name) + "1", x, {.out = 32, .bias = true}));
    x = b.relu(b.add(b.conv(std::string(name) + "2", y, {.out = 32}), x));
    b.output(name, x);
  }
  return b.build();
}

bool same_bytes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::memcmp(a[i].raw(), b[i].raw(), a[i].bytes()) != 0) return false;
  return a.size() == b.size();
}

class EveryPrecision : public testing::TestWithParam<Precision> {
 protected:
  nn::Network network_ = random_network(residual_graph());
  Engine engine_{network_, {GetParam(), quantised_on(network_, random_tensor({2, 64, 48, 3}, 9))}};
};

TEST_P(EveryPrecision, ThreadsAtTheSameTimeGetTheBytesOfOneAfterTheOther) {
  const std::vector<Tensor> inputs = {random_tensor({1, 64, 48, 3}, 1), random_tensor({2, 40, 64, 3}, 2)};
  std::vector<std::vector<Tensor>> expected;
  {
    const ThreadShare share(1);
    for (const Tensor& input : inputs) expected.push_back(engine_.run(input));
  }
  constexpr int kThreads = 4, kRounds = 25;
  std::vector<int> agreed(kThreads, 0);
  std::barrier start(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        const ThreadShare share(1);
        start.arrive_and_wait();
        for (std::size_t i = 0; i < kRounds; ++i) {
          const std::size_t which = (t + i) % 2;
          agreed[t] += same_bytes(engine_.run(inputs[which]), expected[which]) ? 1 : 0;
        }
      });
  }
  EXPECT_THAT(agreed, testing::Each(kRounds));
}

TEST_P(EveryPrecision, TheThreadBudgetDoesNotChangeTheBytes) {
  const Tensor input = random_tensor({2, 64, 48, 3}, 1);
  std::vector<std::vector<Tensor>> results;
  for (const int threads : {1, 2, 3}) {
    const ThreadShare share(threads);
    results.push_back(engine_.run(input));
  }
  EXPECT_TRUE(same_bytes(results[0], results[1]));
  EXPECT_TRUE(same_bytes(results[0], results[2]));
}

TEST_P(EveryPrecision, ABatchEqualsItsImages) {
  const Tensor batch = random_tensor({3, 64, 48, 3}, 5);
  const std::vector<Tensor> together = engine_.run(batch);
  for (std::int64_t i = 0; i < 3; ++i) {
    std::vector<Tensor> image;
    for (const Tensor& output : together) image.push_back(output.rows(i, i + 1));
    expect_close(engine_.run(batch.rows(i, i + 1)), image, GetParam() == Precision::F32 ? 1e-5 : 1e-2);
  }
}

INSTANTIATE_TEST_SUITE_P(Engine, EveryPrecision, testing::Values(Precision::F32, Precision::BF16, Precision::Int8),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

}  // namespace
}  // namespace vigie

#include "vigie/learn/trainable_backbone.h"

#include <gtest/gtest.h>

#include "vigie/learn/initial_weights.h"
#include "vigie/nn/builder.h"

namespace vigie::learn {
namespace {

nn::Network folded_network() {
  nn::GraphBuilder b;
  nn::Ref x = b.relu(b.conv("conv1", b.input(3), {.out = 8, .stride = 2, .bias = true}));
  const nn::Ref y = b.relu(b.conv("layer1.0.conv1", x, {.out = 8, .bias = true}));
  x = b.relu(b.add(x, b.conv("layer1.0.conv2", y, {.out = 8, .bias = true})));
  b.output("layer1", x);
  b.output("pool", b.unary(nn::Op::GlobalAvgPool, x));
  nn::Network network{b.build(), {}};
  network.weights = initial_weights(network.graph, 3, Initial::Uniform);
  return network;
}

std::vector<torch::Tensor> some_batches() {
  torch::manual_seed(1);
  return {torch::randn({4, 3, 24, 20}), torch::randn({4, 3, 24, 20})};
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST(IdentityNorms, ChangeNothingUntilTheyLearn) {
  const torch::NoGradGuard no_gradients;
  const auto batches = some_batches();
  const auto all = [](const std::string&) { return true; };
  const nn::Network normed = with_identity_norms(folded_network(), all, batches, torch::kCPU);
  EXPECT_EQ(normed.weights.size(), 3 * 2u + 3 * 4u);
  GraphModule before(folded_network(), torch::kCPU), after(normed, torch::kCPU);
  after.set_training(false);
  const auto expected = before.forward(batches[0]), values = after.forward(batches[0]);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_LT(largest_difference(values[i], expected[i]), 1e-5);
  after.set_training(true);  // by the batch's own statistics: nearly the same
  EXPECT_LT(largest_difference(after.forward(batches[0])[1], expected[1]), 0.1);
}

TEST(IdentityNorms, StandOnlyWhereAsked) {
  const auto second = [](const std::string& name) { return name == "layer1.0.conv2"; };
  const nn::Network normed = with_identity_norms(folded_network(), second, some_batches(), torch::kCPU);
  EXPECT_TRUE(normed.weights.contains("layer1.0.conv2.norm.running_var"));
  EXPECT_FALSE(normed.weights.contains("conv1.norm.running_var"));
  const auto none = [](const std::string&) { return false; };
  EXPECT_EQ(with_identity_norms(folded_network(), none, {}, torch::kCPU).weights.size(), 6u);
}

TEST(BackboneStart, FrozenStagesKeepTheStemAndTheFirstStages) {
  const BackboneStart one{.pretrained = true, .frozen_stages = 1};
  EXPECT_FALSE(learns("conv1.folded_weight", one) || learns("layer1.1.conv2.folded_bias", one));
  EXPECT_TRUE(learns("layer2.0.conv1.norm.weight", one));
  EXPECT_TRUE(learns("conv1.folded_weight", {}));
  EXPECT_TRUE(learns("conv1.folded_weight", {.pretrained = false, .frozen_stages = 4}));
}

}  // namespace
}  // namespace vigie::learn

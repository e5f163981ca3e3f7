#include "vigie/learn/graph_module.h"

#include <gtest/gtest.h>

#include "vigie/engine/test_networks.h"
#include "vigie/learn/initial_weights.h"

namespace vigie::learn {
namespace {

using nn::GraphBuilder;
using nn::Op;
using nn::Ref;

constexpr double kTolerance = 1e-4;

std::vector<Tensor> run_torch(const nn::Network& network, const Tensor& input) {
  GraphModule module(network, torch::kCPU);
  module.set_training(false);
  const torch::NoGradGuard no_gradients;
  std::vector<Tensor> out;
  for (const torch::Tensor& value : module.forward(torch_from_tensor(input))) out.push_back(tensor_from_torch(value));
  return out;
}

struct OperationCase {
  std::string name;
  std::function<void(GraphBuilder&, Ref)> add;  ///< to an input of 9 x 7 cells and 6 channels
};

void every_activation(GraphBuilder& b, Ref x) {
  for (const Op op : {Op::Relu, Op::Relu6, Op::Sigmoid, Op::Silu, Op::Gelu, Op::Tanh, Op::HardSwish, Op::HardSigmoid,
                      Op::Softmax, Op::Exp, Op::L2Norm})
    b.output(std::string(nn::name_of(op)), b.unary(op, x));
  b.output("leaky", b.leaky_relu(x, 0.2));
  b.output("scale", b.scale(x, -1.5, 0.25));
}

void every_convolution(GraphBuilder& b, Ref x) {
  b.output("plain", b.conv("a", x, {.out = 5, .bias = true}));
  b.output("strided", b.conv("b", x, {.out = 4, .kernel = 4, .stride = 2, .pad = 1}));
  b.output("dilated", b.conv("c", x, {.out = 4, .kernel = 3, .dilation = 2}));
  b.output("grouped", b.conv("d", x, {.out = 6, .kernel = 3, .groups = 3}));
  b.output("up", b.conv_transpose("e", x, {.out = 3, .kernel = 4, .stride = 2, .pad = 1, .bias = true}));
  b.output("up3", b.conv_transpose("f", x, {.out = 3, .kernel = 3, .stride = 2, .pad = 1}, 1));
}

void every_shape(GraphBuilder& b, Ref x) {
  b.output("max", b.max_pool(x, 3, 2, 1, true));
  b.output("mean", b.avg_pool(x, 3, 1, 1));
  b.output("inside", b.avg_pool(x, 3, 2, 1, false));
  b.output("all", b.unary(Op::GlobalAvgPool, x));
  b.output("nearest", b.upsample(x, 2, false));
  b.output("bilinear", b.upsample(x, 3, true));
  b.output("rows", b.reshape(x, "-1,6"));
  b.output("image", b.reshape(b.reshape(x, "-1,6"), "9,7,6"));
  b.output("concat", b.concat({x, b.relu(x)}));
  b.output("slice", b.slice(x, 1, 4));
  b.output("row_slice", b.slice(b.reshape(x, "-1,6"), 2, 6));
}

void every_norm_and_product(GraphBuilder& b, Ref x) {
  b.output("bn", b.batch_norm("bn", x));
  b.output("ln", b.layer_norm("ln", x));
  b.output("row_bn", b.batch_norm("bn2", b.reshape(x, "-1,6")));
  const Ref rows = b.reshape(x, "-1,6");
  b.output("linear", b.linear("fc", x, 4));
  b.output("attention", b.matmul(b.matmul(rows, rows, true), rows));
  b.output("add", b.add(x, b.relu(x)));
  b.output("sub", b.sub(x, b.relu(x)));
  b.output("gate", b.mul(x, b.unary(Op::GlobalAvgPool, x)));
  b.output("mask", b.mask("mask", x, 9, 7));
}

class Operations : public testing::TestWithParam<OperationCase> {};

TEST_P(Operations, AgreeWithTheirDefinitionsAndTheEngine) {
  GraphBuilder b;
  GetParam().add(b, b.input(6));
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({2, 9, 7, 6}, 3);
  const std::vector<Tensor> actual = run_torch(network, input);
  expect_close(actual, run_reference(network, input), kTolerance);
  expect_close(Engine(network).run(input), actual, kTolerance);
}

INSTANTIATE_TEST_SUITE_P(GraphModule, Operations,
                         testing::Values(OperationCase{"Activations", every_activation},
                                         OperationCase{"Convolutions", every_convolution},
                                         OperationCase{"Shapes", every_shape},
                                         OperationCase{"NormsAndProducts", every_norm_and_product}),
                         [](const auto& tested) { return tested.param.name; });

nn::Graph small_network() {
  GraphBuilder b;
  b.output("y", b.relu(b.batch_norm("bn", b.conv("c", b.input(2), {.out = 3}))));
  return b.build();
}

TEST(GraphModule, TheGradientIsThatOfADifferenceQuotient) {
  nn::Network network = random_network(small_network());
  const Tensor input = random_tensor({2, 5, 4, 2}, 4);
  GraphModule module(network, torch::kCPU);
  module.set_training(false);
  module(torch_from_tensor(input)).square().sum().backward();
  const double gradient = module.values().at("c.weight").grad()[1][0][2][1].item<double>();
  const auto loss = [&](float step) {
    nn::Network moved = network;
    moved.weights["c.weight"] = network.weights["c.weight"].clone();
    moved.weights["c.weight"].data<float>()[1 * 18 + 0 * 9 + 2 * 3 + 1] += step;
    double sum = 0;
    const std::vector<Tensor> outputs = run_reference(moved, input);
    for (const float y : outputs[0].values<float>()) sum += double{y} * y;
    return sum;
  };
  EXPECT_NEAR((loss(1e-3F) - loss(-1e-3F)) / 2e-3, gradient, 1e-2 * std::abs(gradient) + 1e-3);
}

TEST(GraphModule, ABatchNormInTrainingUsesAndFollowsTheBatch) {
  GraphModule module(random_network(small_network()), torch::kCPU);
  const torch::Tensor before = module.values().at("bn.running_mean").clone();
  const torch::Tensor x = torch_from_tensor(random_tensor({4, 8, 8, 2}, 5));
  module(x);
  EXPECT_FALSE(before.equal(module.values().at("bn.running_mean")));
  module.set_training(false);
  const torch::Tensor frozen = module.values().at("bn.running_mean").clone();
  module(x);
  EXPECT_TRUE(frozen.equal(module.values().at("bn.running_mean")));
}

TEST(GraphModule, OnlyWhatMayLearnLearns) {
  const GraphModule module(random_network(small_network()), torch::kCPU,
                           [](const std::string& name) { return name != "c.weight"; });
  EXPECT_EQ(module.parameters().size(), 2u);  // weight and bias of the norm; its statistics never
  EXPECT_FALSE(module.values().at("c.weight").requires_grad());
}

TEST(GraphModule, GivesBackTheWeightsItWasGiven) {
  const nn::Network network = random_network(small_network());
  const nn::Network copy = GraphModule(network, torch::kCPU).network();
  ASSERT_EQ(copy.weights.size(), network.weights.size());
  for (const auto& [name, weight] : network.weights)
    EXPECT_TRUE(std::ranges::equal(copy.weights.at(name).values<float>(), weight.values<float>())) << name;
}

TEST(GraphModule, MixedPrecisionStaysNearF32) {
  GraphBuilder b;
  b.output("y", b.conv("d", b.relu(b.conv("c", b.input(16), {.out = 32})), {.out = 8}));
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({1, 12, 12, 16}, 6);
  GraphModule module(network, torch::kCPU);
  module.set_mixed_precision(true);
  const torch::NoGradGuard no_gradients;
  const torch::Tensor y = module(torch_from_tensor(input));
  EXPECT_EQ(y.scalar_type(), torch::kFloat32);
  expect_signal({tensor_from_torch(y)}, run_reference(network, input), 36);
}

TEST(InitialWeights, HaveTheSizeOfTheirSchemeAndDependOnlyOnSeedAndName) {
  GraphBuilder b;
  b.output("y", b.batch_norm("n", b.conv("c", b.input(64), {.out = 64, .bias = true})));
  const auto deviation = [](const Tensor& x) {
    double sum = 0;
    for (const float v : x.values<float>()) sum += double{v} * v;
    return std::sqrt(sum / static_cast<double>(x.count()));
  };
  const nn::Graph graph = b.build();
  const TensorMap he = initial_weights(graph, 3, Initial::He);
  EXPECT_NEAR(deviation(he.at("c.weight")), std::sqrt(2.0 / (64 * 9)), 1e-3);
  EXPECT_EQ(deviation(he.at("c.bias")), 0);
  EXPECT_EQ(he.at("n.running_var").values<float>()[5], 1);
  EXPECT_NEAR(deviation(initial_weights(graph, 3, Initial::Uniform).at("c.weight")), 1 / std::sqrt(3.0 * 64 * 9), 1e-3);
  EXPECT_NEAR(deviation(initial_weights(graph, 3, Initial::Normal002).at("c.weight")), 0.02, 1e-3);
  const TensorMap again = initial_weights(graph, 3, Initial::He);
  EXPECT_TRUE(std::ranges::equal(he.at("c.weight").values<float>(), again.at("c.weight").values<float>()));
}

}  // namespace
}  // namespace vigie::learn

#include "vigie/engine/test_networks.h"

namespace vigie {
namespace {

using nn::ConvSpec;
using nn::GraphBuilder;
using nn::Op;
using nn::Ref;

struct ConvCase {
  std::string name;
  std::int64_t channels, height, width;
  ConvSpec spec;
};

class Convolution : public testing::TestWithParam<ConvCase> {};

TEST_P(Convolution, AgreesWithItsDefinition) {
  const ConvCase& c = GetParam();
  GraphBuilder b;
  b.output("y", b.conv("c", b.input(c.channels), c.spec));
  expect_engine_right(b.build(), c.height, c.width);
}

INSTANTIATE_TEST_SUITE_P(
    Engine, Convolution,
    testing::Values(
        ConvCase{"Odd", 5, 9, 7, {.out = 11, .kernel = 3, .bias = true}},
        ConvCase{"Pointwise", 33, 6, 5, {.out = 17, .kernel = 1}},
        ConvCase{"PointwiseStrided", 32, 7, 9, {.out = 48, .kernel = 1, .stride = 2, .pad = 0}},
        ConvCase{"Stem", 3, 37, 41, {.out = 16, .kernel = 7, .stride = 2}},
        ConvCase{"EvenKernel", 6, 8, 9, {.out = 5, .kernel = 4, .stride = 2, .pad = 1, .bias = true}},
        ConvCase{"NoPad", 8, 9, 11, {.out = 16, .kernel = 5, .pad = 0}},
        ConvCase{"WidePad", 4, 5, 6, {.out = 4, .kernel = 3, .pad = 4}},
        ConvCase{"Dilated", 16, 13, 11, {.out = 16, .kernel = 3, .dilation = 3}},
        ConvCase{"DilatedStrided", 7, 13, 11, {.out = 9, .kernel = 3, .stride = 2, .dilation = 2}},
        ConvCase{"Grouped", 12, 9, 8, {.out = 18, .kernel = 3, .groups = 3, .bias = true}},
        ConvCase{"GroupedWide", 64, 7, 7, {.out = 64, .kernel = 3, .groups = 2}},
        ConvCase{"ResNextGroups", 64, 9, 9, {.out = 64, .kernel = 3, .groups = 16}},
        ConvCase{"Depthwise", 19, 9, 10, {.out = 19, .kernel = 3, .groups = 19}},
        ConvCase{"DepthwiseStrided", 32, 11, 9, {.out = 32, .kernel = 5, .stride = 2, .groups = 32, .bias = true}},
        ConvCase{"DepthwiseDilated", 16, 11, 9, {.out = 16, .kernel = 3, .dilation = 2, .groups = 16}},
        ConvCase{"DepthMultiplier", 8, 9, 9, {.out = 16, .kernel = 3, .groups = 8}}),
    [](const auto& tested) { return tested.param.name; });

TEST(EngineOperations, ConvolutionWithAKernelThatIsNotSquare) {
  GraphBuilder b;
  b.output("y", b.conv("c", b.input(6), {.out = 8, .kernel = 3}));
  nn::Graph graph = b.build();
  graph.nodes.back().attrs["kernel_w"] = 5;
  expect_engine_right(graph, 9, 8);
}

class Transposed : public testing::TestWithParam<std::tuple<int, int, int, int, int>> {};

TEST_P(Transposed, AgreesWithItsDefinition) {
  const auto [kernel, stride, pad, output_pad, out] = GetParam();
  GraphBuilder b;
  b.output("y", b.conv_transpose("up", b.input(13),
                                 {.out = out, .kernel = kernel, .stride = stride, .pad = pad, .bias = out % 2 == 1},
                                 output_pad));
  expect_engine_right(b.build(), 6, 5);
}

INSTANTIATE_TEST_SUITE_P(Engine, Transposed,
                         testing::Values(std::tuple(4, 2, 1, 0, 7), std::tuple(2, 2, 0, 0, 16),
                                         std::tuple(3, 2, 1, 1, 9), std::tuple(5, 3, 2, 2, 4),
                                         std::tuple(3, 1, 1, 0, 32), std::tuple(8, 1, 0, 0, 3)));

class Activation : public testing::TestWithParam<Op> {
 protected:
  static Ref apply(GraphBuilder& b, Ref x) {
    return GetParam() == Op::LeakyRelu ? b.leaky_relu(x, 0.2) : b.unary(GetParam(), x);
  }
};

/// Inputs well past the knees of every activation.
void expect_right_on_large_values(const GraphBuilder& b) {
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({2, 9, 7, 5}, 3, 4);
  const std::vector<Tensor> expected = run_reference(network, input);
  expect_close(Engine(network).run(input), expected, 1e-5);
  expect_lower_precisions_right(network, input, expected);
}

TEST_P(Activation, AloneAgreesWithItsDefinition) {
  GraphBuilder b;
  b.output("y", apply(b, b.input(5)));
  expect_right_on_large_values(b);
}

TEST_P(Activation, InPlaceAgreesWithItsDefinition) {
  GraphBuilder b;
  b.output("y", b.max_pool(apply(b, b.max_pool(b.input(5), 3, 1, 1)), 3, 1, 1));
  expect_right_on_large_values(b);
}

TEST_P(Activation, AgreesAfterAConvolution) {
  GraphBuilder b;
  b.output("y", apply(b, b.conv("c", b.input(5), {.out = 20, .bias = true})));
  expect_right_on_large_values(b);
}

TEST_P(Activation, AgreesAfterAConvolutionAndAResidual) {
  GraphBuilder b;
  const Ref x = b.input(5);
  b.output("y", apply(b, b.add(x, b.conv("c", x, {.out = 5}))));
  expect_right_on_large_values(b);
}

TEST_P(Activation, AgreesAfterATransposedConvolution) {
  GraphBuilder b;
  b.output("y", apply(b, b.conv_transpose("up", b.input(5), {.out = 8, .kernel = 4, .stride = 2})));
  expect_right_on_large_values(b);
}

TEST_P(Activation, AgreesAfterALinearLayer) {
  GraphBuilder b;
  b.output("y", apply(b, b.linear("fc", b.reshape(b.input(5), "-1,5"), 9)));
  expect_right_on_large_values(b);
}

TEST_P(Activation, AgreesAfterAnAddition) {
  GraphBuilder b;
  const Ref x = b.input(5);
  b.output("y", apply(b, b.add(x, b.max_pool(x, 3, 1, 1))));
  expect_right_on_large_values(b);
}

TEST_P(Activation, AgreesAfterABatchNorm) {
  GraphBuilder b;
  b.output("y", apply(b, b.batch_norm("bn", b.input(5))));
  expect_right_on_large_values(b);
}

INSTANTIATE_TEST_SUITE_P(Engine, Activation,
                         testing::Values(Op::Relu, Op::LeakyRelu, Op::Relu6, Op::Sigmoid, Op::Silu, Op::Gelu, Op::Tanh,
                                         Op::HardSwish, Op::HardSigmoid),
                         [](const auto& tested) { return std::string(nn::name_of(tested.param)); });

TEST(EngineOperations, Softmax) {
  GraphBuilder b;
  b.output("y", b.unary(Op::Softmax, b.input(13)));
  expect_engine_right(b.build(), 5, 7);
}

TEST(EngineOperations, LayerNorm) {
  GraphBuilder b;
  b.output("y", b.layer_norm("ln", b.input(37), 1e-6));
  expect_engine_right(b.build(), 5, 7);
}

TEST(EngineOperations, LinearWithAndWithoutBias) {
  GraphBuilder b;
  const Ref x = b.input(19);
  b.output("pixels", b.linear("a", x, 33));
  b.output("flat", b.linear("b", b.reshape(x, "665"), 10, false));
  expect_engine_right(b.build(), 5, 7);
}

TEST(EngineOperations, MatrixProductsOfAttention) {
  GraphBuilder b;
  const Ref tokens = b.reshape(b.input(24), "-1,24");
  const Ref weights = b.unary(Op::Softmax, b.matmul(b.linear("q", tokens, 8), b.linear("k", tokens, 8), true));
  b.output("y", b.matmul(weights, b.linear("v", tokens, 11)));
  expect_engine_right(b.build(), 5, 3);
}

TEST(EngineOperations, MatrixProductOverFourAxes) {
  GraphBuilder b;
  const Ref x = b.input(6);
  b.output("y", b.matmul(b.reshape(x, "5,7,6"), b.reshape(x, "5,6,7")));
  b.output("t", b.matmul(b.reshape(x, "5,7,6"), b.reshape(x, "5,7,6"), true));
  expect_engine_right(b.build(), 5, 7);
}

TEST(EngineOperations, MaxPoolsOfManyForms) {
  GraphBuilder b;
  const Ref x = b.input(21);
  b.output("resnet", b.max_pool(x, 3, 2, 1));
  b.output("plain", b.max_pool(x, 2, 2));
  b.output("ceil", b.max_pool(x, 3, 2, 0, true));
  b.output("ceil_pad", b.max_pool(x, 2, 3, 1, true));
  b.output("same", b.max_pool(x, 5, 1, 2));
  for (const auto& [height, width] : {std::pair(11, 8), std::pair(8, 9), std::pair(5, 6)})
    expect_engine_right(b.build(), height, width);
}

TEST(EngineOperations, AveragePoolsOfManyForms) {
  GraphBuilder b;
  const Ref x = b.input(21);
  b.output("plain", b.avg_pool(x, 2, 2));
  b.output("patch", b.avg_pool(x, 3, 1, 1));
  b.output("inside", b.avg_pool(x, 3, 2, 1, false));
  b.output("all", b.unary(Op::GlobalAvgPool, x));
  nn::Graph graph = b.build();
  for (const double counted : {0.0, 1.0}) {
    nn::Node hanging = graph.nodes[2];
    hanging.name = "hanging" + std::to_string(counted);
    hanging.attrs = {{"kernel", 3}, {"stride", 2}, {"pad", 1}, {"ceil_mode", 1}, {"count_include_pad", counted}};
    graph.nodes.push_back(hanging);
    graph.outputs.push_back({hanging.name, static_cast<int>(graph.nodes.size()) - 1});
  }
  for (const auto& [height, width] : {std::pair(11, 8), std::pair(8, 9), std::pair(3, 4)})
    expect_engine_right(graph, height, width);
}

TEST(EngineOperations, GlobalAverageOfManyChannels) {
  GraphBuilder b;
  b.output("y", b.unary(Op::GlobalAvgPool, b.input(150)));
  expect_engine_right(b.build(), 14, 13);
}

TEST(EngineOperations, UpsamplingNearestAndBilinear) {
  for (const std::int64_t scale : {1, 2, 3, 4, 5}) {
    GraphBuilder b;
    const Ref x = b.input(9);
    b.output("nearest", b.upsample(x, scale, false));
    b.output("bilinear", b.upsample(x, scale, true));
    expect_engine_right(b.build(), 5, 4);
    expect_engine_right(b.build(), 1, 1);
  }
}

TEST(EngineOperations, GatesMultiplyFromEitherSide) {
  GraphBuilder b;
  const Ref x = b.input(18);
  const Ref gate = b.unary(Op::Sigmoid, b.conv("g", b.unary(Op::GlobalAvgPool, x), {.out = 18, .kernel = 1}));
  b.output("right", b.mul(x, gate));
  b.output("left", b.mul(gate, x));
  b.output("full", b.relu(b.mul(x, b.max_pool(x, 3, 1, 1))));
  expect_engine_right(b.build(), 7, 5);
  expect_engine_right(b.build(), 1, 1);
}

TEST(EngineOperations, ConcatOfUnequalWidths) {
  GraphBuilder b;
  const Ref x = b.input(3);
  const Ref y = b.conv("c", x, {.out = 17});
  b.output("y", b.concat({x, y, x}));
  b.output("rows", b.concat({b.reshape(x, "-1,3"), b.reshape(y, "-1,17")}));
  expect_engine_right(b.build(), 7, 5);
}

TEST(EngineOperations, SlicesOfImagesAndRows) {
  GraphBuilder b;
  const Ref x = b.input(7);
  const Ref y = b.conv("c", x, {.out = 33, .bias = true});
  b.output("input", b.slice(x, 2, 5));
  b.output("all", b.slice(x, 0, 7));
  b.output("last", b.slice(y, 32, 33));
  b.output("rows", b.slice(b.reshape(y, "-1,33"), 5, 21));
  b.output("deep", b.conv("d", b.slice(b.relu(y), 1, 17), {.out = 8}));
  expect_engine_right(b.build(), 7, 5);
}

TEST(EngineOperations, HalvesOfAValueConcatenateToIt) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("c", b.input(3), {.out = 32}));
  b.output("swapped", b.conv("d", b.concat({b.slice(x, 16, 32), b.slice(x, 0, 16)}), {.out = 8}));
  b.output("sum", b.add(b.slice(x, 0, 16), b.slice(x, 16, 32)));
  expect_engine_right(b.build(), 8, 9);
}

TEST(EngineOperations, ExponentialsAloneAndBehindOthers) {
  GraphBuilder b;
  const Ref x = b.input(5);
  b.output("alone", b.unary(Op::Exp, x));
  const Ref y = b.conv("c", x, {.out = 8});
  b.output("deep", b.unary(Op::Exp, y));
  b.output("bounded", b.mul(y, b.unary(Op::Exp, b.scale(b.unary(Op::Tanh, y), 1.9))));
  b.output("read", b.conv("d", b.unary(Op::Exp, b.scale(y, -0.5)), {.out = 8}));
  expect_engine_right(b.build(), 7, 6);
}

TEST(EngineOperations, ExponentialsUnderflowToZero) {
  GraphBuilder b;
  b.output("y", b.unary(Op::Exp, b.scale(b.input(3), 0, -200)));
  const nn::Network network{b.build(), {}};
  const Tensor y = Engine(network).run(random_tensor({1, 2, 2, 3}, 1))[0];
  for (const float value : y.values<float>()) EXPECT_NEAR(value, 0, 1e-30);
}

TEST(EngineOperations, ScalesOfManyForms) {
  GraphBuilder b;
  const Ref x = b.input(5);
  b.output("input", b.scale(x, 1 / 0.229, -0.485 / 0.229));
  b.output("read", b.conv("c", b.scale(x, -3, 2), {.out = 16}));
  b.output("alone", b.scale(b.relu(b.conv("d", x, {.out = 16})), 0.25));
  b.output("in_place", b.max_pool(b.scale(b.scale(b.max_pool(x, 2, 2), 2, 1), -1, 0.5), 2, 2));
  nn::Graph graph = b.build();
  graph.nodes.push_back({Op::Scale, "identity", {0}, {}, {}, {}});
  graph.outputs.push_back({"identity", static_cast<int>(graph.nodes.size()) - 1});
  expect_engine_right(graph, 9, 7);
}

TEST(EngineOperations, MasksMultiplyEveryImageAndChannel) {
  GraphBuilder b;
  const Ref x = b.input(5);
  b.output("input", b.mask("a", x, 7, 9));
  const Ref y = b.relu(b.conv("c", x, {.out = 16}));
  b.output("read", b.conv("d", b.mask("b", y, 7, 9), {.out = 8}));
  b.output("in_place", b.max_pool(b.mask("e", b.avg_pool(y, 3, 1, 1), 7, 9), 2, 2));
  expect_engine_right(b.build(), 7, 9);
}

TEST(EngineOperations, LengthsOfOneAtAnyRank) {
  GraphBuilder b;
  const Ref x = b.input(37);
  b.output("input", b.unary(Op::L2Norm, x));
  const Ref y = b.conv("c", x, {.out = 24});
  b.output("deep", b.unary(Op::L2Norm, y));
  b.output("rows", b.unary(Op::L2Norm, b.reshape(y, "-1,12")));
  b.output("in_place", b.max_pool(b.unary(Op::L2Norm, b.avg_pool(y, 3, 1, 1)), 2, 2));
  b.output("read", b.conv("d", b.unary(Op::L2Norm, b.relu(y)), {.out = 16}));
  expect_engine_right(b.build(), 6, 7);
}

TEST(EngineOperations, ZeroTinyAndHugeVectorsHaveALengthToo) {
  GraphBuilder b;
  b.output("y", b.unary(Op::L2Norm, b.input(4)));
  const nn::Network network{b.build(), {}};
  const Tensor input =
      Tensor::from({1, 1, 4, 4}, std::vector<float>{0, 0, 0, 0, 1e-13F, 0, 0, 0, 1e30F, -1e30F, 0, 0, 3, 0, 4, 0});
  const std::vector<Tensor> expected = run_reference(network, input);
  EXPECT_NEAR(expected[0].data<float>()[4], 0.1, 1e-6);
  expect_close(Engine(network).run(input), expected, 1e-6);
  EXPECT_EQ(Engine(network).run(input)[0].data<float>()[0], 0);
}

TEST(EngineOperations, DifferencesInEitherOrder) {
  GraphBuilder b;
  const Ref x = b.input(6);
  const Ref y = b.avg_pool(x, 3, 1, 1);
  const Ref z = b.conv("c", x, {.out = 6});
  b.output("input", b.sub(x, y));
  b.output("self", b.add(y, b.sub(z, z)));
  b.output("squares", b.mul(b.sub(y, z), b.sub(z, y)));
  b.output("kept", y);
  b.output("in_place", b.max_pool(b.relu(b.sub(b.max_pool(x, 3, 1, 1), b.max_pool(z, 3, 1, 1))), 2, 2));
  b.output("rows", b.sub(b.reshape(z, "-1,6"), b.reshape(x, "-1,6")));
  b.output("read", b.conv("d", b.unary(Op::Sigmoid, b.sub(b.max_pool(x, 3, 1, 1), z)), {.out = 8}));
  expect_engine_right(b.build(), 7, 5);
}

TEST(EngineOperations, DifferencesOfCloseValuesKeepTheirDigits) {
  GraphBuilder b;
  const Ref x = b.conv("c", b.input(6), {.out = 16});
  b.output("y", b.sub(x, b.scale(x, 1, 0.01)));
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({2, 7, 5, 6}, 7);
  const std::vector<Tensor> expected = run_reference(network, input);
  expect_close(Engine(network).run(input), expected, 1e-3);
  expect_lower_precisions_right(network, input, expected);
}

/// Gives every node of `names` the parameters of the first.
void share_parameters(nn::Graph& graph, const std::vector<std::string>& names) {
  const auto first = std::ranges::find(graph.nodes, names[0], &nn::Node::name);
  for (nn::Node& node : graph.nodes)
    if (std::ranges::find(names, node.name) != names.end()) node.params = first->params;
}

TEST(EngineOperations, NodesMayShareTheirParameters) {
  GraphBuilder b;
  const Ref x = b.input(16);
  const Ref small = b.max_pool(x, 2, 2);
  b.output("first", b.relu(b.batch_norm("bn1", b.conv("c1", x, {.out = 16, .bias = true}))));
  b.output("second", b.relu(b.batch_norm("bn2", b.conv("c2", small, {.out = 16, .bias = true}))));
  b.output("raw", b.conv("c3", small, {.out = 16, .bias = true}));
  b.output("one", b.layer_norm("ln1", b.linear("l1", x, 8)));
  b.output("two", b.layer_norm("ln2", b.linear("l2", b.reshape(small, "-1,16"), 8)));
  const Ref masked = b.mask("m1", x, 8, 6);
  b.output("mask", b.mask("m2", masked, 8, 6));
  nn::Graph graph = b.build();
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"c1", "c2", "c3"}, {"bn1", "bn2"}, {"l1", "l2"}, {"ln1", "ln2"}, {"m1", "m2"}})
    share_parameters(graph, names);
  expect_engine_right(graph, 8, 6);
}

TEST(EngineOperations, OneWeightMayServeDifferentOperations) {
  GraphBuilder b;
  const Ref x = b.input(16);
  b.output("plain", b.conv("plain", x, {.out = 16, .bias = true}));
  b.output("transposed", b.conv_transpose("transposed", x, {.out = 16, .bias = true}));
  b.output("grouped", b.conv("grouped", b.concat({x, x}), {.out = 16, .groups = 2, .bias = true}));
  nn::Graph graph = b.build();
  share_parameters(graph, {"plain", "transposed", "grouped"});
  expect_engine_right(graph, 8, 6);
}

TEST(EngineOperations, AnOutputMayBeTheInputItself) {
  GraphBuilder alone;
  alone.output("input", alone.input(5));
  expect_engine_right(alone.build(), 4, 3);
  GraphBuilder b;
  const Ref x = b.input(16);
  b.output("y", b.conv("c", x, {.out = 16}));
  b.output("input", x);
  b.output("again", x);
  b.output("in_place", b.relu(b.scale(x, 2)));
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({2, 6, 5, 16}, 4);
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    const std::vector<Tensor> outputs = Engine(network, {precision, quantised_on(network, input)}).run(input);
    EXPECT_EQ(relative_error(outputs[1], input), 0);
    EXPECT_EQ(relative_error(outputs[2], input), 0);
    EXPECT_NE(outputs[1].raw(), input.raw()) << "an output has memory of its own";
  }
  expect_engine_right(b.build(), 6, 5);
}

TEST(EngineOperations, OneNodeMayBeTwoOutputsAndReadInside) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("a", b.input(5), {.out = 16}));
  b.output("first", x);
  b.output("second", x);
  b.output("y", b.conv("b", x, {.out = 16}));
  expect_engine_right(b.build(), 6, 5);
}

}  // namespace
}  // namespace vigie

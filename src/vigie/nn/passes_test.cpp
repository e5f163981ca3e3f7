#include "vigie/nn/passes.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "vigie/nn/test_graphs.h"

namespace vigie::nn {
namespace {

using testing::HasSubstr;

TensorMap ones_for(const Graph& graph) {
  TensorMap weights;
  for (const auto& [name, shape] : parameter_shapes(graph)) weights[name] = Tensor::full(shape, 1);
  return weights;
}

int count_ops(const Graph& graph, Op op) {
  return static_cast<int>(std::ranges::count(graph.nodes, op, &Node::op));
}

TEST(ParameterShapes, FollowTheFieldsLayouts) {
  GraphBuilder b;
  Ref x = b.input(6);
  x = b.conv("c", x, {.out = 8, .kernel = 3, .groups = 2, .bias = true});
  x = b.batch_norm("bn", b.concat({x, x}));
  x = b.conv_transpose("up", x, {.out = 5, .kernel = 2, .stride = 2});
  x = b.linear("fc", b.layer_norm("ln", b.reshape(x, "-1,10")), 7);
  b.output("y", x);
  const std::map<std::string, Shape> expected = {{"c.weight", {8, 3, 3, 3}},
                                                 {"c.bias", {8}},
                                                 {"bn.weight", {16}},
                                                 {"bn.bias", {16}},
                                                 {"bn.running_mean", {16}},
                                                 {"bn.running_var", {16}},
                                                 {"up.weight", {16, 5, 2, 2}},
                                                 {"ln.weight", {10}},
                                                 {"ln.bias", {10}},
                                                 {"fc.weight", {7, 10}},
                                                 {"fc.bias", {7}}};
  EXPECT_EQ(parameter_shapes(b.build()), expected);
}

TEST(ParameterShapes, AMaskHasOneNumberPerPosition) {
  GraphBuilder b;
  b.output("y", b.conv("c", b.mask("m", b.slice(b.input(6), 1, 5), 3, 7), {.out = 2, .kernel = 1}));
  EXPECT_EQ(parameter_shapes(b.build()),
            (std::map<std::string, Shape>{{"m.weight", {3, 7}}, {"c.weight", {2, 4, 1, 1}}}));
}

TEST(ParameterShapes, AsksForChannelsItCannotKnow) {
  GraphBuilder b;
  b.output("y", b.linear("fc", b.reshape(b.input(3), "-1"), 7));
  EXPECT_THAT(error_of([&] { parameter_shapes(b.build()); }).second, HasSubstr("'fc'"));
}

TEST(CheckWeights, NamesTheFirstThatIsMissingOrWrong) {
  const Graph graph = residual_graph();
  TensorMap weights = ones_for(graph);
  weights["unused.num_batches_tracked"] = Tensor::zeros({}, DType::I64);
  EXPECT_NO_THROW(check_weights(graph, weights));
  TensorMap lacking = weights;
  lacking.erase("bn2.running_var");
  auto [kind, text] = error_of([&] { check_weights(graph, lacking); });
  EXPECT_EQ(kind, ErrorKind::NotFound);
  EXPECT_THAT(text, HasSubstr("'bn2.running_var' is missing"));
  TensorMap misshapen = weights;
  misshapen["conv2.weight"] = Tensor::full({8, 8, 3, 3}, 1);
  std::tie(kind, text) = error_of([&] { check_weights(graph, misshapen); });
  EXPECT_EQ(kind, ErrorKind::BadFile);
  EXPECT_THAT(text, HasSubstr("'conv2.weight' has shape [8 8 3 3], the network wants [8 4 3 3]"));
  TensorMap bytes = weights;
  bytes["bn1.bias"] = Tensor::zeros({8}, DType::U8);
  EXPECT_THAT(error_of([&] { check_weights(graph, bytes); }).second, HasSubstr("'bn1.bias' holds u8"));
}

TEST(FoldBatchNorms, LeavesNoneBehindAConvolution) {
  const Graph graph = residual_graph();
  const Network folded = fold_batch_norms({graph, ones_for(graph)});
  EXPECT_EQ(count_ops(folded.graph, Op::BatchNorm), 0);
  EXPECT_EQ(folded.graph.nodes.size(), graph.nodes.size() - 2);
  EXPECT_EQ(infer_shapes(folded.graph, {1, 8, 8, 3}).back(), (Shape{1, 4, 4, 8}));
  EXPECT_NO_THROW(check_weights(folded.graph, folded.weights));
  EXPECT_EQ(folded.weights.size(), 4u) << "two weights and two biases are all that is left";
}

TEST(FoldBatchNorms, MovesScaleAndShiftIntoTheConvolution) {
  GraphBuilder b;
  b.output("y", b.batch_norm("bn", b.conv("c", b.input(1), {.out = 2, .kernel = 1, .bias = true}), 0.0));
  Network network{b.build(), {}};
  const auto vector = [](std::vector<float> v) { return Tensor::from({2}, v); };
  network.weights = {{"c.weight", Tensor::from({2, 1, 1, 1}, std::vector<float>{3, 5})},
                     {"c.bias", vector({1, 2})},
                     {"bn.weight", vector({2, 4})},
                     {"bn.bias", vector({10, 20})},
                     {"bn.running_mean", vector({7, 9})},
                     {"bn.running_var", vector({4, 16})}};
  const Network folded = fold_batch_norms(network);
  const Node& conv = folded.graph.nodes.at(1);
  EXPECT_THAT(folded.weights.at(conv.params.at(0)).values<float>(), testing::ElementsAre(3, 5));
  EXPECT_THAT(folded.weights.at(conv.params.at(1)).values<float>(), testing::ElementsAre(1 - 7 + 10, 2 - 9 + 20));
  EXPECT_EQ(network.weights.at("c.bias").data<float>()[0], 1) << "the caller's weights must not change";
}

TEST(FoldBatchNorms, KeepsANormWhoseConvolutionIsReadElsewhere) {
  GraphBuilder b;
  const Ref conv = b.conv("c", b.input(3), {.out = 4});
  b.output("raw", conv);
  b.output("norm", b.batch_norm("bn", conv));
  const Graph graph = b.build();
  const Network folded = fold_batch_norms({graph, ones_for(graph)});
  EXPECT_EQ(count_ops(folded.graph, Op::BatchNorm), 1);
  EXPECT_EQ(folded.graph.nodes.size(), graph.nodes.size());
}

TEST(FoldBatchNorms, KeepsANormThatComesBeforeTheConvolution) {
  GraphBuilder b;
  b.output("y", b.conv("c", b.relu(b.batch_norm("bn", b.input(3))), {.out = 4}));
  const Graph graph = b.build();
  EXPECT_EQ(count_ops(fold_batch_norms({graph, ones_for(graph)}).graph, Op::BatchNorm), 1);
}

TEST(FoldBatchNorms, GivesLayersThatShareAWeightTheirOwn) {
  GraphBuilder b;
  const Ref x = b.input(2);
  b.output("a", b.batch_norm("bn_a", b.conv("a", x, {.out = 2, .kernel = 1}), 0.0));
  b.output("b", b.conv("b", x, {.out = 2, .kernel = 1}));
  Graph graph = b.build();
  for (Node& node : graph.nodes)
    if (node.op == Op::Conv2d) node.params = {"shared.weight"};
  TensorMap weights = ones_for(graph);
  weights["bn_a.weight"] = Tensor::full({2}, 3);
  const Network folded = fold_batch_norms({graph, weights});
  const auto first_weight = [&](std::size_t output) {
    const Node& conv = folded.graph.nodes.at(static_cast<std::size_t>(folded.graph.outputs.at(output).node));
    return folded.weights.at(conv.params.at(0)).data<float>()[0];
  };
  EXPECT_EQ(first_weight(0), 3);
  EXPECT_EQ(first_weight(1), 1);
}

TEST(FoldBatchNorms, LayersThatShareWeightAndNormShareWhatTheyFoldInto) {
  GraphBuilder b;
  const Ref x = b.input(2);
  b.output("a", b.batch_norm("bn_a", b.conv("a", x, {.out = 2, .kernel = 1})));
  b.output("b", b.batch_norm("bn_b", b.conv("b", b.relu(x), {.out = 2, .kernel = 1})));
  Graph graph = b.build();
  graph.nodes.at(4).params = graph.nodes.at(1).params;
  graph.nodes.at(5).params = graph.nodes.at(2).params;
  const Network folded = fold_batch_norms({graph, ones_for(graph)});
  EXPECT_EQ(folded.weights.size(), 2u);
  EXPECT_EQ(count_ops(folded.graph, Op::BatchNorm), 0);
}

}  // namespace
}  // namespace vigie::nn

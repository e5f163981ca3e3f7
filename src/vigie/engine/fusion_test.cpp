#include <gmock/gmock.h>

#include "vigie/engine/program.h"
#include "vigie/engine/test_networks.h"

namespace vigie {
namespace {

using nn::GraphBuilder;
using nn::Op;
using nn::Ref;

Ref conv_norm(GraphBuilder& b, const std::string& name, Ref x, const nn::ConvSpec& spec) {
  return b.batch_norm(name + ".bn", b.conv(name, x, spec));
}

/// Two residual blocks, the second with a strided shortcut; every stage is an output.
nn::Graph blocks() {
  GraphBuilder b;
  Ref x = b.relu(conv_norm(b, "stem", b.input(3), {.out = 16}));
  b.output("stem", x);
  for (const int i : {1, 2}) {
    const std::string name = "block" + std::to_string(i);
    const std::int64_t stride = i;
    const Ref shortcut = i == 1 ? x : conv_norm(b, name + ".down", x, {.out = 24, .kernel = 1, .stride = stride});
    Ref y = b.relu(conv_norm(b, name + ".conv1", x, {.out = 16, .stride = stride}));
    y = conv_norm(b, name + ".conv2", y, {.out = i == 1 ? 16 : 24});
    x = b.relu(b.add(y, shortcut));
    b.output(name, x);
  }
  return b.build();
}

TEST(Lower, AResidualBlockBecomesOneStepPerConvolution) {
  const nn::Network network = nn::fold_batch_norms(random_network(blocks()));
  const engine::Program program = engine::lower(network.graph);
  ASSERT_EQ(program.steps.size(), 6u);
  for (const engine::Step& step : program.steps)
    EXPECT_EQ(program.graph.nodes[static_cast<std::size_t>(step.node)].op, Op::Conv2d);
  EXPECT_GE(program.steps.back().residual, 0);
  EXPECT_GE(program.steps.back().activation, 0);
  EXPECT_EQ(program.steps.back().output, program.graph.outputs.back().node);
}

TEST(Lower, DropsWhatNoOutputNeeds) {
  GraphBuilder b;
  const Ref x = b.input(3);
  b.conv("dead", x, {.out = 1000});
  b.output("y", b.conv("alive", x, {.out = 4}));
  EXPECT_EQ(engine::lower(b.build()).steps.size(), 1u);
}

TEST(Lower, FusesNothingThatSomebodyElseReads) {
  GraphBuilder b;
  const Ref conv = b.conv("c", b.input(4), {.out = 4});
  const Ref sum = b.add(conv, conv);
  b.output("sum", sum);
  b.output("positive", b.relu(sum));
  EXPECT_EQ(engine::lower(b.build()).steps.size(), 3u);
}

TEST(Fusion, ResidualBlocksWithEveryStageAsOutput) {
  expect_engine_right(blocks(), 13, 11);
}

TEST(Fusion, ResidualBlocksWithOneOutput) {
  expect_engine_right(nn::select_outputs(blocks(), {"block2"}), 13, 11);
}

TEST(Fusion, AResidualThatDiesIsSummedInPlace) {
  GraphBuilder b;
  const Ref x = b.conv("a", b.input(3), {.out = 16});
  const Ref y = b.add(x, b.conv("c", b.conv("b", x, {.out = 16}), {.out = 16}));
  b.output("y", b.max_pool(b.relu(y), 2, 2));
  expect_engine_right(b.build(), 9, 8);
}

TEST(Fusion, AResidualReadLaterSurvives) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("a", b.input(3), {.out = 16}));
  const Ref y = b.relu(b.add(x, b.conv("c", b.conv("b", x, {.out = 16}), {.out = 16})));
  b.output("y", b.max_pool(b.concat({y, x}), 2, 2));
  expect_engine_right(b.build(), 9, 8);
}

TEST(Fusion, AResidualReadLaterThroughAReshapeSurvives) {
  GraphBuilder b;
  const Ref x = b.relu(b.conv("a", b.input(3), {.out = 16}));
  const Ref view = b.reshape(x, "-1,16");
  const Ref y = b.relu(b.add(x, b.conv("c", b.conv("b", x, {.out = 16}), {.out = 16})));
  b.output("y", b.linear("fc", b.concat({b.reshape(y, "-1,16"), view}), 5));
  expect_engine_right(b.build(), 9, 8);
}

TEST(Fusion, AConvolutionMayAddItsOwnInput) {
  GraphBuilder b;
  const Ref x = b.conv("a", b.input(3), {.out = 32});
  b.output("y", b.max_pool(b.relu(b.add(x, b.conv("c", x, {.out = 32}))), 2, 2));
  expect_engine_right(b.build(), 9, 8);
}

TEST(Fusion, TheResidualMayBeTheNetworksInput) {
  GraphBuilder b;
  const Ref x = b.input(8);
  b.output("y", b.relu(b.add(b.conv("b", b.conv("a", x, {.out = 8}), {.out = 8}), x)));
  const nn::Network network = random_network(b.build());
  const Tensor input = random_tensor({2, 7, 5, 8}, 4);
  const Tensor before = input.clone();
  expect_close(Engine(network).run(input), run_reference(network, input), 1e-5);
  EXPECT_EQ(relative_error(input, before), 0) << "the caller's input must not change";
}

TEST(Fusion, AnIntermediateOutputIsNotOverwrittenInPlace) {
  GraphBuilder b;
  const Ref x = b.conv("a", b.input(3), {.out = 8});
  b.output("middle", x);
  Ref y = b.relu(x);
  y = b.leaky_relu(b.batch_norm("bn", y), 0.3);
  y = b.add(y, b.conv("c", x, {.out = 8}));
  b.output("y", b.add(x, y));
  expect_engine_right(b.build(), 6, 7);
}

TEST(Fusion, OneValueMayBeSeveralOutputs) {
  GraphBuilder b;
  const Ref x = b.input(4);
  const Ref y = b.relu(b.conv("a", x, {.out = 6}));
  b.output("first", y);
  b.output("second", y);
  b.output("rows", b.reshape(y, "-1,6"));
  b.output("input", x);
  b.output("input_rows", b.reshape(x, "-1,4"));
  expect_engine_right(b.build(), 6, 7);
}

TEST(Fusion, ElementwiseChainsWorkInPlace) {
  GraphBuilder b;
  Ref x = b.max_pool(b.input(8), 3, 1, 1);
  const Ref side = b.avg_pool(x, 3, 1, 1);
  x = b.mul(side, b.unary(Op::Tanh, x));
  x = b.add(b.unary(Op::HardSigmoid, x), b.batch_norm("bn", x));
  x = b.mul(b.unary(Op::GlobalAvgPool, x), x);
  b.output("y", b.max_pool(x, 3, 1, 1));
  expect_engine_right(b.build(), 9, 7);
}

TEST(Fusion, LinearLayersTakeResidualsToo) {
  GraphBuilder b;
  const Ref x = b.linear("in", b.reshape(b.input(6), "-1,6"), 12);
  const Ref y = b.linear("b", b.unary(Op::Gelu, b.linear("a", b.layer_norm("ln", x), 24)), 12);
  b.output("y", b.layer_norm("out", b.add(x, y)));
  expect_engine_right(b.build(), 5, 4);
}

TEST(Fusion, FoldedNormsGiveWhatUnfoldedOnesGive) {
  GraphBuilder b;
  Ref x = conv_norm(b, "a", b.input(3), {.out = 16, .bias = true});
  x = b.relu(conv_norm(b, "b", b.relu(x), {.out = 24, .groups = 2}));
  x = b.batch_norm("up.bn", b.conv_transpose("up", x, {.out = 8, .kernel = 4, .stride = 2}));
  b.output("up", x);
  x = b.conv("c", b.relu(b.batch_norm("pre", x)), {.out = 8});
  b.output("y", x);
  b.output("again", b.batch_norm("kept", x));
  const nn::Network network = random_network(b.build());
  const nn::Network folded = nn::fold_batch_norms(network);
  EXPECT_EQ(std::ranges::count(folded.graph.nodes, Op::BatchNorm, &nn::Node::op), 2);
  const Tensor input = random_tensor({2, 9, 8, 3}, 5);
  const std::vector<Tensor> expected = run_reference(network, input);
  expect_close(run_reference(folded, input), expected, 1e-6);
  expect_close(Engine(network).run(input), expected, 1e-5);
}

}  // namespace
}  // namespace vigie

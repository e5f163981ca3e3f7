#include "vigie/nn/graph.h"

#include <gmock/gmock.h>

#include "vigie/nn/test_graphs.h"

namespace vigie::nn {
namespace {

using testing::HasSubstr;

/// Shape of the last node for the input [2 H W C].
Shape last_shape(const GraphBuilder& b, std::int64_t height, std::int64_t width, std::int64_t channels) {
  return infer_shapes(b.build(), {2, height, width, channels}).back();
}

TEST(InferShapes, ConvolutionRoundsDown) {
  GraphBuilder b;
  b.output("y", b.conv("c", b.input(4), {.out = 6, .kernel = 7, .stride = 2}));
  EXPECT_EQ(last_shape(b, 224, 223, 4), (Shape{2, 112, 112, 6}));
}

TEST(InferShapes, DilationWidensTheKernel) {
  GraphBuilder b;
  b.output("y", b.conv("c", b.input(4), {.out = 6, .kernel = 3, .pad = 0, .dilation = 3}));
  EXPECT_EQ(last_shape(b, 9, 7, 4), (Shape{2, 3, 1, 6}));
}

TEST(InferShapes, TransposedConvolutionInvertsTheStride) {
  GraphBuilder b;
  b.output("y", b.conv_transpose("c", b.input(4), {.out = 6, .kernel = 4, .stride = 2}));
  EXPECT_EQ(last_shape(b, 8, 5, 4), (Shape{2, 16, 10, 6}));
}

TEST(InferShapes, CeilModeNeverStartsAWindowBeyondTheImage) {
  GraphBuilder b;
  b.output("y", b.max_pool(b.input(1), 2, 3, 1, true));
  // (5 + 2 - 2) / 3 rounds up to 2, so 3 windows from -1, 2, 5; the last starts past the image and goes.
  EXPECT_EQ(last_shape(b, 5, 6, 1), (Shape{2, 2, 3, 1}));
}

TEST(InferShapes, ReshapeKeepsTheBatchAndFillsTheFreeExtent) {
  GraphBuilder b;
  b.output("y", b.reshape(b.input(6), "-1,3"));
  EXPECT_EQ(last_shape(b, 4, 5, 6), (Shape{2, 40, 3}));
}

TEST(InferShapes, MatrixProductOfTransposedRows) {
  GraphBuilder b;
  const Ref rows = b.reshape(b.input(6), "-1,6");
  b.output("y", b.matmul(rows, rows, true));
  EXPECT_EQ(last_shape(b, 4, 5, 6), (Shape{2, 20, 20}));
}

TEST(InferShapes, AGateOfOnePixelMayMultiplyAnImageFromEitherSide) {
  GraphBuilder b;
  const Ref x = b.input(6);
  b.output("y", b.mul(b.unary(Op::GlobalAvgPool, x), x));
  EXPECT_EQ(last_shape(b, 4, 5, 6), (Shape{2, 4, 5, 6}));
}

TEST(InferShapes, ASliceKeepsItsChannelsAtAnyRank) {
  GraphBuilder b;
  const Ref x = b.input(6);
  b.output("image", b.slice(x, 2, 3));
  b.output("rows", b.slice(b.reshape(x, "-1,6"), 0, 4));
  const std::vector<Shape> shapes = infer_shapes(b.build(), {2, 4, 5, 6});
  EXPECT_EQ(shapes.at(1), (Shape{2, 4, 5, 1}));
  EXPECT_EQ(shapes.at(3), (Shape{2, 20, 4}));
}

TEST(InferShapes, RefusesSlicesMasksAndDifferencesThatDoNotFit) {
  GraphBuilder slice;
  slice.output("y", slice.slice(slice.input(4), 2, 5));
  EXPECT_THAT(error_of([&] { last_shape(slice, 3, 3, 4); }).second, HasSubstr("no channels [2, 5) in its input"));
  GraphBuilder mask;
  mask.output("y", mask.mask("m", mask.input(4), 3, 5));
  EXPECT_EQ(last_shape(mask, 3, 5, 4), (Shape{2, 3, 5, 4}));
  EXPECT_THAT(error_of([&] { last_shape(mask, 5, 3, 4); }).second, HasSubstr("'m': a mask of 3 x 5 positions"));
  GraphBuilder sub;
  const Ref x = sub.input(4);
  sub.output("y", sub.sub(x, sub.unary(Op::GlobalAvgPool, x)));
  EXPECT_THAT(error_of([&] { last_shape(sub, 3, 3, 4); }).second, HasSubstr("'Sub#2' (Sub) does not fit"));
}

TEST(InferShapes, NamesTheNodeThatDoesNotFit) {
  GraphBuilder b;
  const Ref x = b.input(4);
  b.output("y", b.add(x, b.conv("shortcut", x, {.out = 4, .kernel = 5, .pad = 0})));
  const Graph graph = b.build();
  auto [kind, text] = error_of([&] { infer_shapes(graph, {1, 8, 8, 4}); });
  EXPECT_EQ(kind, ErrorKind::InvalidArgument);
  EXPECT_THAT(text, HasSubstr("'Add#2' (Add) does not fit its input [1 8 8 4] and [1 4 4 4]"));
  EXPECT_THAT(error_of([&] { infer_shapes(graph, {1, 4, 4, 4}); }).second, HasSubstr("'shortcut' (Conv2d)"));
  EXPECT_THAT(error_of([&] { infer_shapes(graph, {1, 8, 8, 3}); }).second, HasSubstr("channels must be 4"));
  EXPECT_THAT(error_of([&] { infer_shapes(graph, {8, 8, 4}); }).second, HasSubstr("must be [B H W C]"));
}

TEST(InferShapes, NamesTheNodeWhoseValueIsTooLarge) {
  GraphBuilder b;
  Ref x = b.input(1);
  for (int i = 0; i < 5; ++i) x = b.upsample(x, 64, false);
  b.output("y", x);
  EXPECT_THAT(error_of([&] { last_shape(b, 4, 4, 1); }).second, HasSubstr("node 'Upsample#5'"));
}

TEST(GraphBuilder, RefusesTwoNodesOrOutputsOfOneNameAndNoOutput) {
  GraphBuilder twice;
  twice.output("y", twice.linear("fc", twice.linear("fc", twice.input(4), 4), 4));
  EXPECT_THAT(error_of([&] { twice.build(); }).second, HasSubstr("two nodes are named 'fc'"));
  GraphBuilder same_output;
  const Ref x = same_output.input(4);
  same_output.output("y", same_output.relu(x));
  same_output.output("y", x);
  EXPECT_THAT(error_of([&] { same_output.build(); }).second, HasSubstr("two outputs are named 'y'"));
  GraphBuilder none;
  none.input(4);
  EXPECT_THAT(error_of([&] { none.build(); }).second, HasSubstr("no output"));
}

TEST(SelectOutputs, KeepsOnlyWhatIsNeededInTheOrderAsked) {
  const Graph graph = residual_graph();
  const Graph stem = select_outputs(graph, {"stem"});
  EXPECT_EQ(stem.nodes.size(), 4u);
  EXPECT_EQ(stem.nodes.at(static_cast<std::size_t>(stem.outputs.at(0).node)).op, Op::Relu);
  const Graph both = select_outputs(graph, {"block", "stem"});
  EXPECT_EQ(both.nodes.size(), graph.nodes.size());
  EXPECT_EQ(both.outputs.at(0).name, "block");
}

TEST(SelectOutputs, SuggestsTheNearestName) {
  const auto [kind, text] = error_of([] { select_outputs(residual_graph(), {"blok"}); });
  EXPECT_EQ(kind, ErrorKind::InvalidArgument);
  EXPECT_THAT(text, HasSubstr("block"));
}

TEST(Flops, CountTwicePerMultiplyAdd) {
  // conv1: 8 x 8 positions, 8 outputs, 27 inputs; conv2: 2 groups, so 36 inputs each.
  EXPECT_EQ(flops_of(residual_graph(), {1, 16, 16, 3}), 2.0 * 64 * 8 * (27 + 36));
  GraphBuilder b;
  b.output("y", b.conv_transpose("up", b.input(4), {.out = 6, .kernel = 4, .stride = 2}));
  EXPECT_EQ(flops_of(b.build(), {1, 5, 7, 4}), 2.0 * 35 * 16 * 4 * 6);
}

}  // namespace
}  // namespace vigie::nn

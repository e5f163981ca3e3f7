#include "vigie/nn/compose.h"

#include <gmock/gmock.h>

#include <set>

#include "vigie/nn/test_graphs.h"

namespace vigie::nn {
namespace {

using testing::HasSubstr;

/// Outputs "norm" and "shifted" of the same shape as the input.
Graph small_head(std::int64_t channels, const std::string& prefix = "head.") {
  GraphBuilder b;
  const Ref x = b.relu(b.conv(prefix + "conv", b.input(channels), {.out = 8}));
  b.output(prefix + "norm", b.unary(Op::L2Norm, x));
  b.output(prefix + "shifted", b.scale(x, 2, 1));
  return b.build();
}

std::vector<std::string> output_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Output& output : graph.outputs) names.push_back(output.name);
  return names;
}

std::string refusal(const Graph& base, const std::string& output, const Graph& head) {
  const auto [kind, text] = error_of([&] { attach(base, output, head); });
  EXPECT_EQ(kind, ErrorKind::InvalidArgument) << text;
  return text;
}

TEST(Attach, OutputsAreBasesThenTheHeads) {
  const Graph joined = attach(residual_graph(), "block", small_head(8));
  EXPECT_THAT(output_names(joined), testing::ElementsAre("stem", "block", "head.norm", "head.shifted"));
  const auto shapes = infer_shapes(joined, {1, 16, 12, 3});
  EXPECT_EQ(shapes.at(static_cast<std::size_t>(joined.outputs.at(3).node)), (Shape{1, 8, 6, 8}));
}

TEST(Attach, TheHeadReadsTheOutputInsteadOfItsInput) {
  const Graph base = residual_graph();
  const Graph joined = attach(base, "stem", small_head(8));
  EXPECT_EQ(joined.nodes.size(), base.nodes.size() + 4);
  EXPECT_EQ(joined.nodes.at(base.nodes.size()).name, "head.conv");
  EXPECT_EQ(joined.nodes.at(base.nodes.size()).inputs, std::vector<int>{base.outputs.at(0).node});
}

TEST(Attach, GeneratedNamesStayUniqueAndBasesStay) {
  const Graph base = residual_graph();
  Graph joined = base;
  for (const char* prefix : {"a.", "b.", "c."}) joined = attach(joined, "stem", small_head(8, prefix));
  std::set<std::string> names;
  for (const Node& node : joined.nodes) names.insert(node.name);
  EXPECT_EQ(names.size(), joined.nodes.size());
  for (std::size_t i = 0; i < base.nodes.size(); ++i) EXPECT_EQ(joined.nodes[i].name, base.nodes[i].name);
}

TEST(Attach, TheHeadMayPassItsInputOn) {
  GraphBuilder b;
  const Ref x = b.input(8);
  b.output("same", x);
  b.output("double", b.scale(x, 2));
  const Graph joined = attach(residual_graph(), "block", b.build());
  EXPECT_EQ(joined.outputs.at(2).node, joined.outputs.at(1).node);
}

TEST(Attach, RefusesChannelsThatDifferOrAreNotKnown) {
  EXPECT_THAT(refusal(residual_graph(), "block", small_head(4)), HasSubstr("'block' has 8 channels, the head wants 4"));
  GraphBuilder b;
  b.output("flat", b.reshape(b.input(3), "-1"));
  EXPECT_THAT(refusal(b.build(), "flat", small_head(8)), HasSubstr("'flat' are not known"));
}

TEST(Attach, RefusesSizesThatAreKnownToDiffer) {
  GraphBuilder base;
  base.output("half", base.max_pool(base.input(2, 8, 6), 2, 2));
  const auto head = [](std::int64_t height, std::int64_t width) {
    GraphBuilder b;
    b.output("y", b.relu(b.input(2, height, width)));
    return b.build();
  };
  EXPECT_THAT(refusal(base.build(), "half", head(8, 6)), HasSubstr("has shape [1 4 3 2], the head wants height 8"));
  EXPECT_NO_THROW(attach(base.build(), "half", head(4, 3)));
  EXPECT_NO_THROW(attach(base.build(), "half", head(0, 3)));
}

TEST(Attach, RefusesUnknownOutputsAndNamesThatClash) {
  EXPECT_THAT(refusal(residual_graph(), "blok", small_head(8)), HasSubstr("block"));
  GraphBuilder layer;
  layer.output("y", layer.conv("conv1", layer.input(8), {.out = 8}));
  EXPECT_THAT(refusal(residual_graph(), "block", layer.build()), HasSubstr("two nodes are named 'conv1'"));
  GraphBuilder output;
  output.output("stem", output.relu(output.input(8)));
  EXPECT_THAT(refusal(residual_graph(), "block", output.build()), HasSubstr("two outputs are named 'stem'"));
}

}  // namespace
}  // namespace vigie::nn

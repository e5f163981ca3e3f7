#include "vigie/networks/cutpaste.h"

#include <gtest/gtest.h>

#include "vigie/networks/metric_head.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie {
namespace {

nn::Graph small_backbone() {
  nn::GraphBuilder b;
  const nn::Ref x = b.relu(b.conv("conv1", b.input(3), {.out = 6, .stride = 2}));
  b.output("layer1", x);
  b.output("pool", b.unary(nn::Op::GlobalAvgPool, x));
  return b.build();
}

Shape shape_of(const nn::Graph& graph, const std::string& output, const Shape& input) {
  const auto shapes = nn::infer_shapes(graph, input);
  for (const nn::Output& each : graph.outputs)
    if (each.name == output) return shapes[static_cast<std::size_t>(each.node)];
  return {};
}

TEST(CutPasteNetworks, TheEncoderGivesThePooledFeaturesAlone) {
  const nn::Graph encoder = cutpaste_encoder(small_backbone());
  ASSERT_EQ(encoder.outputs.size(), 1u);
  EXPECT_EQ(shape_of(encoder, "embedding", {2, 32, 48, 3}), (Shape{2, 1, 1, 6}));
  EXPECT_THROW((void)cutpaste_encoder(encoder), Error);  // no pool
}

TEST(CutPasteNetworks, TheHeadNarrowsTo128AndToTheClasses) {
  const nn::Graph head = cutpaste_head({.channels = 6, .hidden = 2, .width = 32});
  EXPECT_EQ(shape_of(head, "logits", {5, 1, 1, 6}), (Shape{5, 1, 1, 3}));
  const auto parameters = nn::parameter_shapes(head);
  EXPECT_EQ(parameters.at("head.0.weight"), (Shape{32, 6}));
  EXPECT_EQ(parameters.at("head.1.weight"), (Shape{32, 32}));
  EXPECT_EQ(parameters.at("head.2.weight"), (Shape{128, 32}));
  EXPECT_EQ(parameters.at("head.logits.weight"), (Shape{3, 128}));
  EXPECT_NO_THROW((void)cutpaste_head({.channels = 6, .hidden = 0}));
}

TEST(MetricHead, TakesAGridOrPooledFeatures) {
  for (const char* output : {"layer1", "pool"}) {
    const nn::Graph joined = nn::attach(nn::select_outputs(small_backbone(), {output}), output, metric_head(6, 20));
    EXPECT_EQ(shape_of(joined, "embedding", {2, 32, 48, 3}), (Shape{2, 1, 1, 20})) << output;
  }
}

}  // namespace
}  // namespace vigie

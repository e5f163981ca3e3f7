#include "vigie/networks/student_metric.h"

#include <gtest/gtest.h>

#include "vigie/nn/builder.h"

namespace vigie {
namespace {

TEST(StudentMetric, KeepsNamesShapesAndWhatLaterLayersRead) {
  nn::GraphBuilder b;
  const nn::Ref first = b.relu(b.conv("a", b.input(3), {.out = 4}));
  b.output("layer1", first);
  b.output("layer2", b.conv("b", first, {.out = 6, .stride = 2}));
  const nn::Graph graph = with_metric(b.build());
  ASSERT_EQ(graph.outputs.size(), 2U);
  const auto shapes = nn::infer_shapes(graph, {1, 8, 8, 3});
  EXPECT_EQ(graph.outputs[0].name, "layer1");
  EXPECT_EQ(shapes[static_cast<std::size_t>(graph.outputs[0].node)], (Shape{1, 8, 8, 4}));
  EXPECT_EQ(graph.outputs[1].name, "layer2");
  EXPECT_EQ(shapes[static_cast<std::size_t>(graph.outputs[1].node)], (Shape{1, 4, 4, 6}));
  const auto parameters = nn::parameter_shapes(graph);
  EXPECT_EQ(parameters.at("metric.layer1.weight"), (Shape{4, 4, 1, 1}));
  EXPECT_EQ(parameters.at("b.weight"), (Shape{6, 4, 3, 3}));
}

}  // namespace
}  // namespace vigie

#include "vigie/networks/pdn.h"

#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie {
namespace {

nn::Graph pdn_graph(const PdnSpec& spec) {
  nn::GraphBuilder builder;
  builder.output("features", append_pdn(builder, builder.input(3), spec, "pdn."));
  return builder.build();
}

Shape output_shape(const PdnSpec& spec, std::int64_t height, std::int64_t width) {
  const nn::Graph graph = pdn_graph(spec);
  return nn::infer_shapes(graph, {1, height, width, 3}).at(static_cast<std::size_t>(graph.outputs.at(0).node));
}

TEST(Pdn, GivesOneCellPerStride) {
  for (const char* size : {"small", "medium"})
    for (const std::int64_t stride : {4, 8, 16})
      for (const std::int64_t side : {32, 64, 96, 224, 256})
        EXPECT_EQ(output_shape({.size = size, .width = 0.1, .channels = 12, .stride = stride}, side, 64),
                  (Shape{1, side / stride, 64 / stride, 12}))
            << size << " " << stride << " " << side;
}

TEST(Pdn, HasThePapersLayers) {
  const auto small = nn::parameter_shapes(pdn_graph({}));
  EXPECT_EQ(small.at("pdn.conv1.weight"), (Shape{128, 3, 4, 4}));
  EXPECT_EQ(small.at("pdn.conv2.weight"), (Shape{256, 128, 4, 4}));
  EXPECT_EQ(small.at("pdn.conv3.weight"), (Shape{256, 256, 3, 3}));
  EXPECT_EQ(small.at("pdn.conv4.weight"), (Shape{384, 256, 4, 4}));
  EXPECT_EQ(small.size(), 8u);
  const auto medium = nn::parameter_shapes(pdn_graph({.size = "medium"}));
  EXPECT_EQ(medium.at("pdn.conv2.weight"), (Shape{512, 256, 4, 4}));
  EXPECT_EQ(medium.at("pdn.conv3.weight"), (Shape{512, 512, 1, 1}));
  EXPECT_EQ(medium.at("pdn.conv5.weight"), (Shape{512, 512, 4, 4}));
  EXPECT_EQ(medium.at("pdn.conv6.weight"), (Shape{384, 512, 1, 1}));
  EXPECT_EQ(medium.size(), 12u);
}

TEST(Pdn, NarrowsItsHiddenLayersOnly) {
  const auto shapes = nn::parameter_shapes(pdn_graph({.width = 0.3}));
  EXPECT_EQ(shapes.at("pdn.conv1.weight"), (Shape{40, 3, 4, 4}));
  EXPECT_EQ(shapes.at("pdn.conv4.weight"), (Shape{384, 80, 4, 4}));
}

/// First and last input row that output row `cell` reads, from the windows of the layers on the way.
std::pair<std::int64_t, std::int64_t> rows_read(const nn::Graph& graph, std::int64_t cell) {
  std::int64_t first = cell, last = cell;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool conv = node->op == nn::Op::Conv2d;
    if (!conv && node->op != nn::Op::AvgPool) continue;
    const auto get = [&](const char* key) { return static_cast<std::int64_t>(node->attrs.at(key)); };
    const std::int64_t kernel = get(conv ? "kernel_h" : "kernel");
    first = first * get("stride") - get("pad");
    last = last * get("stride") - get("pad") + kernel - 1;
  }
  return {first, last};
}

TEST(Pdn, EveryCellIsCentredOnItsPixel) {
  for (const char* size : {"small", "medium"})
    for (const std::int64_t stride : {4, 8, 16}) {
      const auto [first, last] = rows_read(pdn_graph({.size = size, .stride = stride}), 5);
      EXPECT_EQ(first + last, 2 * 5 * stride) << size << " " << stride;
      if (stride == 4) {
        EXPECT_EQ(last - first + 1, 33) << size;
      }
    }
}

TEST(Pdn, RefusesSpecsOutOfRange) {
  EXPECT_THROW(pdn_graph({.size = "large"}), Error);
  EXPECT_THROW(pdn_graph({.width = 0}), Error);
  EXPECT_THROW(pdn_graph({.channels = 0}), Error);
  EXPECT_THROW(pdn_graph({.stride = 2}), Error);
}

}  // namespace
}  // namespace vigie

#include "vigie/networks/unet.h"

#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie {
namespace {

Shape output_shape(const nn::Graph& graph, const Shape& input) {
  return nn::infer_shapes(graph, input).at(static_cast<std::size_t>(graph.outputs.at(0).node));
}

TEST(Unet, GivesAnImageOfTheInputsSize) {
  EXPECT_EQ(output_shape(unet_graph({}), {2, 48, 80, 3}), (Shape{2, 48, 80, 3}));
  EXPECT_EQ(output_shape(unet_graph({3, 2}), {1, 2, 6, 3}), (Shape{1, 2, 6, 3}));
}

TEST(Unet, WantsMultiplesOfItsStride) {
  EXPECT_EQ(unet_stride({}), 16);
  EXPECT_EQ(unet_stride({8, 3}), 4);
  EXPECT_THROW(nn::infer_shapes(unet_graph({}), {1, 40, 48, 3}), Error);
}

TEST(Unet, DoublesItsChannelsUpToEightTimes) {
  const auto shapes = nn::parameter_shapes(unet_graph({}));
  EXPECT_EQ(shapes.at("unet.down1.conv1.weight"), (Shape{64, 3, 3, 3}));
  EXPECT_EQ(shapes.at("unet.down2.conv1.weight"), (Shape{128, 64, 4, 4}));
  EXPECT_EQ(shapes.at("unet.down4.conv2.weight"), (Shape{512, 512, 3, 3}));
  EXPECT_EQ(shapes.at("unet.down5.conv1.weight"), (Shape{512, 512, 4, 4}));
  EXPECT_EQ(shapes.at("unet.up4.upconv.weight"), (Shape{512, 512, 4, 4}));
  EXPECT_EQ(shapes.at("unet.up4.conv1.weight"), (Shape{512, 1024, 3, 3}));
  EXPECT_EQ(shapes.at("unet.up1.conv1.weight"), (Shape{64, 128, 3, 3}));
  EXPECT_EQ(shapes.at("unet.last.weight"), (Shape{3, 64, 3, 3}));
}

TEST(Unet, RefusesImpossibleSpecs) {
  EXPECT_THROW(unet_graph({0, 5}), Error);
  EXPECT_THROW(unet_graph({64, 1}), Error);
  EXPECT_THROW(unet_graph({64, 9}), Error);
}

}  // namespace
}  // namespace vigie

#include "vigie/networks/ganomaly.h"

#include <gtest/gtest.h>

#include "vigie/nn/ops.h"

namespace vigie {
namespace {

Shape shape_of(const nn::Graph& graph, const std::string& output, const Shape& input) {
  const auto shapes = nn::infer_shapes(graph, input);
  return shapes.at(static_cast<std::size_t>(nn::find_output(graph, output, "test").node));
}

TEST(Ganomaly, GivesTwoLatentsAndAnImageForEverySide) {
  for (std::int64_t height = 32; height <= 256; height += 32)
    for (const std::int64_t width : {height, std::int64_t{32}}) {
      const GanomalyShape shape{.height = height, .width = width, .base = 4};
      const nn::Graph generator = ganomaly_generator(shape);
      const Shape input{2, height, width, 3};
      EXPECT_EQ(shape_of(generator, "latent", input), (Shape{2, 1, 1, 100}));
      EXPECT_EQ(shape_of(generator, "latent_again", input), (Shape{2, 1, 1, 100}));
      EXPECT_EQ(shape_of(generator, "generated", input), input);
      EXPECT_EQ(shape_of(ganomaly_discriminator(shape), "logit", input), (Shape{2, 1, 1, 1}));
    }
}

TEST(Ganomaly, HasTheAuthorsChannelsAt32) {
  const GanomalyShape shape{.height = 32, .width = 32};
  EXPECT_EQ(shape_of(ganomaly_discriminator(shape), "features", {1, 32, 32, 3}), (Shape{1, 4, 4, 256}));
  const auto parameters = nn::parameter_shapes(ganomaly_generator(shape));
  EXPECT_EQ(parameters.at("encoder.conv1.weight"), (Shape{64, 3, 4, 4}));
  EXPECT_EQ(parameters.at("encoder_again.conv3.weight"), (Shape{256, 128, 4, 4}));
  EXPECT_EQ(parameters.at("encoder.latent.weight"), (Shape{100, 4 * 4 * 256}));
  EXPECT_EQ(parameters.at("decoder.conv1.weight"), (Shape{64, 3, 4, 4}));
  EXPECT_FALSE(parameters.contains("encoder.norm1.weight"));
}

TEST(Ganomaly, ChannelsStopDoublingAtTheirMost) {
  EXPECT_EQ(shape_of(ganomaly_discriminator({.base = 8, .most_channels = 20}), "features", {1, 256, 256, 3}),
            (Shape{1, 4, 4, 20}));
}

TEST(Ganomaly, RefusesSidesItCannotHalve) {
  EXPECT_THROW((void)ganomaly_generator({.height = 48, .width = 64}), Error);
  EXPECT_THROW((void)ganomaly_discriminator({.height = 1024, .width = 1024}), Error);
  EXPECT_THROW((void)ganomaly_decoder({.base = 0}), Error);
}

}  // namespace
}  // namespace vigie

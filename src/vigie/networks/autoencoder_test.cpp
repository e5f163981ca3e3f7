#include "vigie/networks/autoencoder.h"

#include <gtest/gtest.h>

#include "vigie/nn/ops.h"

namespace vigie {
namespace {

Shape shape_of(const nn::Graph& graph, const std::string& output, const Shape& input) {
  const auto shapes = nn::infer_shapes(graph, input);
  return shapes.at(static_cast<std::size_t>(nn::find_output(graph, output, "test").node));
}

std::vector<std::int64_t> channels_of_convolutions(const nn::Graph& graph) {
  std::vector<std::int64_t> channels;
  for (const nn::Node& node : graph.nodes)
    if (node.op == nn::Op::Conv2d || node.op == nn::Op::ConvTranspose2d) channels.push_back(nn::int_attr(node, "out"));
  return channels;
}

TEST(Autoencoder, EncodesToOnePixelAndDecodesToTheImageForEverySide) {
  for (std::int64_t height = 32; height <= 512; height += 32)
    for (const std::int64_t width : {height, std::int64_t{32}, std::int64_t{160}}) {
      const AutoencoderShape shape{.height = height, .width = width, .latent = 100, .base = 8};
      EXPECT_EQ(shape_of(autoencoder_encoder(shape), "latent", {2, height, width, 3}), (Shape{2, 1, 1, 100}));
      EXPECT_EQ(shape_of(variational_encoder(shape), "log_variance", {2, height, width, 3}), (Shape{2, 1, 1, 100}));
      EXPECT_EQ(shape_of(autoencoder_decoder(shape), "reconstruction", {2, 1, 1, 100}), (Shape{2, height, width, 3}));
    }
}

TEST(Autoencoder, HasThePublishedLayersAt128) {
  const AutoencoderShape shape{.height = 128, .width = 128};
  const std::vector<std::int64_t> published{32, 32, 32, 64, 64, 128, 64, 32};
  EXPECT_EQ(channels_of_convolutions(autoencoder_encoder(shape)), published);
  EXPECT_EQ(channels_of_convolutions(autoencoder_decoder(shape)),
            (std::vector<std::int64_t>{64, 128, 64, 64, 32, 32, 32, 3}));
  EXPECT_EQ(nn::parameter_shapes(autoencoder_encoder(shape)).at("encoder.latent.weight"), (Shape{128, 8 * 8 * 32}));
}

TEST(Autoencoder, AnImageOf256IsHalvedOnceMoreAtTheOuterEnd) {
  const std::vector<std::int64_t> expected{32, 32, 32, 32, 64, 64, 128, 64, 32};
  EXPECT_EQ(channels_of_convolutions(autoencoder_encoder({})), expected);
}

TEST(Autoencoder, EncoderAndDecoderJoinToOneNetwork) {
  const AutoencoderShape shape{.height = 64, .width = 96, .latent = 16, .base = 4};
  const nn::Graph joined = autoencoder_graph(shape);
  const nn::Graph served = nn::select_outputs(joined, {"input", "reconstruction"});
  EXPECT_EQ(shape_of(served, "input", {3, 64, 96, 3}), (Shape{3, 64, 96, 3}));
  EXPECT_EQ(shape_of(served, "reconstruction", {3, 64, 96, 3}), (Shape{3, 64, 96, 3}));
  const nn::Graph variational = variational_autoencoder_graph(shape);
  const nn::Graph mean_path = nn::select_outputs(variational, {"input", "reconstruction"});
  EXPECT_FALSE(nn::parameter_shapes(mean_path).contains("encoder.log_variance.weight"));
}

TEST(Autoencoder, TheDiscriminatorGivesOneLogitPerLatent) {
  EXPECT_EQ(shape_of(latent_discriminator(128, 1000), "logit", {5, 1, 1, 128}), (Shape{5, 1, 1, 1}));
}

TEST(Autoencoder, RefusesSidesItCannotHalve) {
  EXPECT_THROW((void)autoencoder_encoder({.height = 100, .width = 96}), Error);
  EXPECT_THROW((void)autoencoder_decoder({.height = 1024, .width = 1024}), Error);
  EXPECT_THROW((void)autoencoder_encoder({.height = 64, .width = 0}), Error);
  EXPECT_THROW((void)variational_encoder({.latent = 0}), Error);
}

}  // namespace
}  // namespace vigie

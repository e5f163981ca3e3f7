#include "vigie/networks/efficientad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "vigie/core/error.h"

namespace vigie {
namespace {

/// A teacher with one output, "layer", of 6 channels.
nn::Graph teacher(std::int64_t stride) {
  nn::GraphBuilder b;
  nn::Ref x = b.relu(b.conv("conv1", b.input(3), {.out = 6, .kernel = 3, .stride = 2}));
  x = b.max_pool(x, 3, 2, 1);
  b.output("layer", b.relu(b.conv("conv2", x, {.out = 6, .kernel = 3, .stride = stride / 4})));
  return b.build();
}

nn::Graph whole(const nn::Graph& network, std::int64_t height, std::int64_t width) {
  const TeacherGrid grid = teacher_grid(network, height, width);
  return efficientad_graph(normalised_teacher(network), efficientad_student(grid, {.width = 0.1}),
                           efficientad_autoencoder(grid));
}

TEST(EfficientAd, AllOutputsShareTheTeachersGrid) {
  for (const std::int64_t stride : {4, 8, 16}) {
    const nn::Graph graph = whole(teacher(stride), 96, 64);
    const auto shapes = nn::infer_shapes(graph, {2, 96, 64, 3});
    std::vector<std::string> names;
    for (const nn::Output& output : graph.outputs) {
      names.push_back(output.name);
      EXPECT_EQ(shapes.at(static_cast<std::size_t>(output.node)), (Shape{2, 96 / stride, 64 / stride, 6}))
          << output.name << " " << stride;
    }
    EXPECT_EQ(names, efficientad_outputs());
  }
}

TEST(EfficientAd, ParametersAreToldApartByTheirPrefix) {
  const auto shapes = nn::parameter_shapes(whole(teacher(8), 256, 256));
  EXPECT_EQ(shapes.at("conv1.weight"), (Shape{6, 3, 3, 3}));
  EXPECT_EQ(shapes.at("teacher_norm.running_var"), (Shape{6}));
  EXPECT_EQ(shapes.at("student.conv4.weight"), (Shape{12, 24, 4, 4}));
  EXPECT_EQ(shapes.at("autoencoder.encoder5.weight"), (Shape{64, 64, 4, 4}));
}

TEST(EfficientAd, TheAutoencoderPassesThrough64Numbers) {
  const nn::Graph graph = efficientad_autoencoder({32, 32, 128, 8});
  const auto parameters = nn::parameter_shapes(graph);
  EXPECT_EQ(parameters.at("autoencoder.latent.weight"), (Shape{64, 8 * 8 * 64, 1, 1}));
  EXPECT_EQ(parameters.at("autoencoder.expand.weight"), (Shape{8 * 8 * 64, 64, 1, 1}));
  EXPECT_EQ(parameters.at("autoencoder.features.weight"), (Shape{128, 64, 3, 3}));
  const auto shapes = nn::infer_shapes(graph, {1, 256, 256, 3});
  const auto latent = std::ranges::find(graph.nodes, "autoencoder.latent", &nn::Node::name);
  ASSERT_NE(latent, graph.nodes.end());
  EXPECT_EQ(shapes[static_cast<std::size_t>(latent - graph.nodes.begin())], (Shape{1, 1, 1, 64}));
}

TEST(EfficientAd, RefusesSizesAndTeachersThatDoNotFit) {
  EXPECT_THROW(teacher_grid(teacher(8), 100, 96), Error);
  EXPECT_THROW(teacher_grid(teacher(8), 96, 48), Error);
  EXPECT_THROW(teacher_grid(teacher(32), 96, 96), Error);
  nn::Graph two = teacher(8);
  two.outputs.push_back({"again", 1});
  EXPECT_THROW(teacher_grid(two, 96, 96), Error);
  EXPECT_THROW(normalised_teacher(two), Error);
  try {
    (void)teacher_grid(teacher(32), 96, 96);
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("layer 'layer' gives [1 3 3 6] for an image of 96x96 pixels"));
  }
}

}  // namespace
}  // namespace vigie

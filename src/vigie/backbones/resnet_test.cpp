#include "vigie/backbones/resnet.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/test_folders.h"
#include "vigie/engine/engine.h"
#include "vigie/io/safetensors.h"

namespace vigie {
namespace {

struct Case {
  const char* model;
  int height, width, batch;
};

struct Reference {
  TensorMap weights;
  TensorMap outputs;
  Tensor input;
};

/// nullopt when this machine has no torchvision.
std::optional<Reference> torchvision_reference(const Case& c, const std::filesystem::path& file) {
  const std::string command = fmt::format("/usr/bin/python3 '{}' {} {} {} {} 7 '{}'", VIGIE_TORCHVISION_REFERENCE,
                                          c.model, c.height, c.width, c.batch, file.string());
  const int status = std::system(command.c_str());
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) return std::nullopt;
  if (WEXITSTATUS(status) != 0) throw std::runtime_error("failed: " + command);
  Reference reference;
  for (const auto& [name, tensor] : read_safetensors(file).tensors) {
    if (name == "input") reference.input = tensor;
    if (name.starts_with("weights/")) reference.weights.emplace(name.substr(8), tensor);
    if (name.starts_with("output/")) reference.outputs.emplace(name.substr(7), tensor);
  }
  return reference;
}

/// max |a - b| / max |b|.
double relative_difference(const Tensor& a, const Tensor& b) {
  double difference = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < b.values<float>().size(); ++i) {
    difference = std::max(difference, std::abs(static_cast<double>(a.values<float>()[i]) - b.values<float>()[i]));
    largest = std::max(largest, std::abs(static_cast<double>(b.values<float>()[i])));
  }
  return difference / largest;
}

class ResNetAgainstTorchvision : public testing::TestWithParam<Case> {};

TEST_P(ResNetAgainstTorchvision, HasTheSameParametersAndOutputs) {
  const test::TemporaryFolder folder;
  const auto reference = torchvision_reference(GetParam(), folder / "reference.safetensors");
  if (!reference) GTEST_SKIP() << "/usr/bin/python3 cannot import torchvision";
  const nn::Graph graph = backbone_info(GetParam().model).graph();

  std::map<std::string, Shape> shapes;
  for (const auto& [name, tensor] : reference->weights) shapes.emplace(name, tensor.shape());
  EXPECT_EQ(nn::parameter_shapes(graph), shapes);

  const std::vector<Tensor> outputs = Engine({graph, reference->weights}).run(reference->input);
  ASSERT_EQ(outputs.size(), reference->outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& expected = reference->outputs.at(graph.outputs[i].name);
    ASSERT_EQ(outputs[i].shape(), expected.shape()) << graph.outputs[i].name;
    EXPECT_LT(relative_difference(outputs[i], expected), 1e-4) << graph.outputs[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ResNetAgainstTorchvision,
                         testing::Values(Case{"resnet18", 96, 64, 2}, Case{"resnet18", 75, 101, 1},
                                         Case{"resnet34", 96, 64, 2}, Case{"resnet50", 96, 64, 2},
                                         Case{"wide_resnet50_2", 96, 64, 2}),
                         [](const auto& test) {
                           return fmt::format("{}_{}x{}", test.param.model, test.param.height, test.param.width);
                         });

TEST(ResNet, TableAndGraphAgreeOnChannelsAndStrides) {
  for (const BackboneInfo& info : backbones()) {
    const nn::Graph graph = info.graph();
    ASSERT_EQ(graph.outputs.size(), info.layers.size()) << info.name;
    const std::vector<Shape> shapes = nn::infer_shapes(graph, {1, 224, 256, 3});
    for (std::size_t i = 0; i < info.layers.size(); ++i) {
      const LayerInfo& layer = info.layers[i];
      const Shape grid = layer.stride == 0 ? Shape{1, 1, 1, layer.channels}
                                           : Shape{1, 224 / layer.stride, 256 / layer.stride, layer.channels};
      EXPECT_EQ(graph.outputs[i].name, layer.name);
      EXPECT_EQ(shapes[graph.outputs[i].node], grid) << info.name << " " << layer.name;
    }
  }
}

TEST(ResNet, OperationCountsAreThePublishedOnes) {
  const auto flops = [](const char* name) { return nn::flops_of(backbone_info(name).graph(), {1, 224, 224, 3}); };
  EXPECT_NEAR(flops("resnet18"), 2 * 1.814e9, 0.05e9);  // the published counts are multiply-adds, with fc
  EXPECT_NEAR(flops("resnet34"), 2 * 3.664e9, 0.10e9);
  EXPECT_NEAR(flops("resnet50"), 2 * 4.089e9, 0.15e9);
  EXPECT_NEAR(flops("wide_resnet50_2"), 2 * 11.398e9, 0.25e9);
}

TEST(ResNet, HalfTheWidthHasHalfTheChannelsEverywhere) {
  const auto full = nn::parameter_shapes(resnet_graph({}));
  const auto half = nn::parameter_shapes(resnet_graph({.width = 32}));
  ASSERT_EQ(half.size(), full.size());
  for (const auto& [name, shape] : full) {
    Shape expected = shape;
    expected[0] /= 2;
    if (shape.size() == 4 && name != "conv1.weight") expected[1] /= 2;
    EXPECT_EQ(half.at(name), expected) << name;
  }
  EXPECT_EQ(resnet_channels({.width = 32}, 3), 128);
  EXPECT_THROW(resnet_graph({.width = 0}), Error);
}

TEST(ResNet, OnlyBottlenecksCanBeWide) {
  EXPECT_THROW(resnet_graph({.width_factor = 2}), Error);
}

}  // namespace
}  // namespace vigie

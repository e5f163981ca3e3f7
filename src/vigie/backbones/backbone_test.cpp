#include "vigie/backbones/backbone.h"

#include <gmock/gmock.h>

#include <cmath>

#include "vigie/backbones/test_folders.h"
#include "vigie/backbones/trunk.h"
#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/io/safetensors.h"

namespace vigie {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Random weights for all stages of a backbone up to `last`.
TensorMap random_weights(const std::string& name, const std::string& last) {
  Random random(3);
  TensorMap weights;
  for (const auto& [parameter, shape] : nn::parameter_shapes(nn::select_outputs(backbone_info(name).graph(), {last}))) {
    Tensor tensor(shape);
    for (float& value : tensor.values<float>()) value = static_cast<float>(random.uniform(0.0, 0.1));
    weights.emplace(parameter, tensor);
  }
  return weights;
}

/// Weights in a folder of their own; nothing else is found.
class LoadBackbone : public testing::Test {
 protected:
  void keep(const TensorMap& weights) { write_safetensors(folder_ / "resnet18.safetensors", {weights, {}}); }
  template <typename Call>
  Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::Internal, "test", "nothing was thrown");
  }
  test::TemporaryFolder folder_;
  test::Variable weights_{"VIGIE_WEIGHTS", folder_.path().string()};
  test::Variable cache_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
};

TEST_F(LoadBackbone, GivesTheLayersInTheOrderAskedWithOnlyTheirWeights) {
  keep(random_weights("resnet18", "layer4"));
  const LoadedBackbone loaded = load_backbone("resnet18", {"layer2", "layer1"});
  ASSERT_EQ(loaded.network.graph.outputs.size(), 2U);
  EXPECT_EQ(loaded.network.graph.outputs[0].name, "layer2");
  EXPECT_EQ(loaded.network.graph.outputs[1].name, "layer1");
  EXPECT_FALSE(loaded.pool_fallback);
  EXPECT_TRUE(loaded.network.weights.contains("layer2.1.conv2.weight"));
  EXPECT_FALSE(loaded.network.weights.contains("layer3.0.conv1.weight"));
}

TEST_F(LoadBackbone, PoolIsTheLastStageOfCompleteWeights) {
  keep(random_weights("resnet18", "layer4"));
  const LoadedBackbone loaded = load_backbone("resnet18", {"pool"});
  EXPECT_FALSE(loaded.pool_fallback);
  EXPECT_EQ(nn::infer_shapes(loaded.network.graph, {1, 64, 64, 3}).back(), (Shape{1, 1, 1, 512}));
}

TEST_F(LoadBackbone, PoolOfATrunkAveragesItsLastStage) {
  keep(random_weights("resnet18", "layer3"));
  const LoadedBackbone loaded = load_backbone("resnet18", {"pool", "layer3"});
  EXPECT_TRUE(loaded.pool_fallback);
  const std::vector<Tensor> outputs = Engine(loaded.network).run(Tensor::full({1, 64, 64, 3}, 0.3F));
  ASSERT_EQ(outputs[0].shape(), (Shape{1, 1, 1, 256}));
  ASSERT_EQ(outputs[1].shape(), (Shape{1, 4, 4, 256}));
  for (int channel : {0, 17, 255}) {
    double mean = 0.0;
    for (int cell = 0; cell < 16; ++cell) mean += outputs[1].data<float>()[cell * 256 + channel] / 16.0;
    EXPECT_NEAR(outputs[0].data<float>()[channel], mean, 1e-5 * std::abs(mean));
  }
}

TEST_F(LoadBackbone, FallbackIsReportedOnlyWhenPoolWasAsked) {
  keep(random_weights("resnet18", "layer3"));
  EXPECT_FALSE(load_backbone("resnet18", {"layer2", "layer3"}).pool_fallback);
}

TEST_F(LoadBackbone, AStageBeyondTheTrunkIsUnsupported) {
  keep(random_weights("resnet18", "layer3"));
  const Error error = error_of([] { load_backbone("resnet18", {"layer4"}); });
  EXPECT_EQ(error.kind(), ErrorKind::Unsupported);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("end at layer3"), HasSubstr("layer4"), HasSubstr("resnet18-f37072fd.pth")));
}

TEST_F(LoadBackbone, AHalfStageCountsAsMissing) {
  TensorMap weights = random_weights("resnet18", "layer3");
  weights.erase("layer3.1.bn2.running_var");
  keep(weights);
  EXPECT_EQ(error_of([] { load_backbone("resnet18", {"layer3"}); }).kind(), ErrorKind::Unsupported);
  EXPECT_NO_THROW(load_backbone("resnet18", {"layer2"}));
}

TEST_F(LoadBackbone, ForeignWeightsAreRefusedByName) {
  keep({{"features.0.weight", Tensor::zeros({4})}});
  const Error error = error_of([] { load_backbone("resnet18", {"layer1"}); });
  EXPECT_EQ(error.kind(), ErrorKind::BadFile);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("resnet18.safetensors"), HasSubstr("conv1.weight")));
}

TEST_F(LoadBackbone, WrongShapesAreRefused) {
  TensorMap weights = random_weights("resnet18", "layer1");
  weights["layer1.0.conv1.weight"] = Tensor::zeros({64, 64, 1, 1});
  keep(weights);
  const Error error = error_of([] { load_backbone("resnet18", {"layer1"}); });
  EXPECT_EQ(error.kind(), ErrorKind::BadFile);
  EXPECT_THAT(error.what(), HasSubstr("layer1.0.conv1.weight"));
}

TEST_F(LoadBackbone, MissingWeightsAreNamedWithFileAddressAndFolders) {
  const Error error = error_of([] { load_backbone("wide_resnet50_2", {"layer1"}); });
  EXPECT_EQ(error.kind(), ErrorKind::NotFound);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("wide_resnet50_2.safetensors"), HasSubstr("wide_resnet50_2-95faca4d.pth"),
                                  HasSubstr("https://download.pytorch.org/models/wide_resnet50_2-95faca4d.pth")));
  EXPECT_THAT(error.what(), AllOf(HasSubstr(folder_.path().string() + ","), HasSubstr("cache/vigie/weights"),
                                  HasSubstr("vigie weights fetch wide_resnet50_2"), HasSubstr("VIGIE_WEIGHTS")));
}

TEST_F(LoadBackbone, UnknownNamesAreRefusedWithAHint) {
  const Error backbone = error_of([] { load_backbone("resnet81", {"layer1"}); });
  EXPECT_EQ(backbone.kind(), ErrorKind::NotFound);
  EXPECT_THAT(backbone.what(), HasSubstr("did you mean"));
  EXPECT_EQ(error_of([] { load_backbone("resnet18", {"layer9"}); }).kind(), ErrorKind::InvalidArgument);
  EXPECT_EQ(error_of([] { load_backbone("resnet18", {}); }).kind(), ErrorKind::InvalidArgument);
}

TEST(SharedWeights, OfResNet18LoadUpToLayer3) {
  const char* shared = std::getenv("VIGIE_SHARED");
  const std::filesystem::path folder = std::filesystem::path(shared ? shared : "") / "weights";
  if (!std::filesystem::exists(folder / "resnet18.safetensors")) GTEST_SKIP() << "no VIGIE_SHARED/weights";
  const test::Variable variable("VIGIE_WEIGHTS", folder.string());
  const LoadedBackbone loaded = load_backbone("resnet18", {"layer1", "layer2", "layer3", "pool"});
  EXPECT_TRUE(loaded.pool_fallback);
  EXPECT_THROW(load_backbone("resnet18", {"layer4"}), Error);
  Random random(1);
  Tensor input({1, 64, 96, 3});
  for (float& value : input.values<float>()) value = static_cast<float>(random.normal());
  const std::vector<Tensor> outputs = Engine(loaded.network).run(input);
  EXPECT_EQ(outputs[2].shape(), (Shape{1, 4, 6, 256}));
  for (const Tensor& output : outputs) {
    double sum = 0.0;
    for (const float value : output.values<float>()) sum += value;  // NaN and infinity stay visible in a sum
    EXPECT_TRUE(std::isfinite(sum) && sum > 0.0);
  }
}

TEST_F(LoadBackbone, ScoutNeedsNoFileAndStaysWithinItsBudget) {
  const nn::Network network = load_backbone("scout", {"layer1", "layer2", "layer3", "pool"}).network;
  EXPECT_LE(nn::flops_of(network.graph, {1, 224, 224, 3}), 1.5e9);
  std::int64_t parameters = 0;
  for (const auto& [name, weight] : network.weights) parameters += weight.count();
  EXPECT_LE(parameters, 3'000'000);
  const std::vector<Tensor> layers = Engine(network).run(Tensor::full({1, 64, 96, 3}, 0.5F));
  EXPECT_EQ(layers[0].shape(), (Shape{1, 16, 24, 32}));
  EXPECT_EQ(layers[2].shape(), (Shape{1, 4, 6, 128}));
  EXPECT_EQ(layers[3].shape(), (Shape{1, 1, 1, 128}));
  for (std::size_t i = 0; i < layers.size(); ++i)
    EXPECT_EQ(layers[i].dim(3), backbone_info("scout").layers[i].channels);
}

}  // namespace
}  // namespace vigie

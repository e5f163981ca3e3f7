#include "vigie/weights/check.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/test_folders.h"
#include "vigie/backbones/weights.h"
#include "vigie/io/safetensors.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;

class CheckedWeights : public testing::Test {
 protected:
  fs::path cache() const { return folder_ / "cache/vigie/weights"; }

  /// A plausible layer1 of resnet18, names beginning with `prefix`.
  static TensorMap layer1(const std::string& prefix = "") {
    TensorMap weights;
    const nn::Graph graph = nn::select_outputs(backbone_info("resnet18").graph(), {"layer1"});
    for (const auto& [name, shape] : nn::parameter_shapes(graph))
      weights.emplace(prefix + name, Tensor::full(shape, 0.5F));
    return weights;
  }
  fs::path written(const TensorMap& weights) {
    write_safetensors(folder_ / "mine.safetensors", {weights, {}});
    return folder_ / "mine.safetensors";
  }
  std::string import_error(const TensorMap& weights) {
    try {
      import_weights("resnet18", written(weights));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::BadFile);
      return error.what();
    }
    return "";
  }

  test::TemporaryFolder folder_;
  test::Variable weights_{"VIGIE_WEIGHTS", (folder_ / "a").string()};
  test::Variable cache_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
};

TEST_F(CheckedWeights, ImportKeepsWhatTheNetworkKnowsUpToTheLastCompleteStage) {
  TensorMap given = layer1();
  given.emplace("fc.weight", Tensor::zeros({2}));
  given.emplace("layer2.0.conv1.weight", Tensor::zeros({128, 64, 3, 3}));
  const fs::path path = import_weights("resnet18", written(given));
  EXPECT_EQ(path, cache() / "resnet18.safetensors");
  const SafeTensors stored = read_safetensors(path);
  EXPECT_EQ(stored.tensors.size(), layer1().size());
  EXPECT_EQ(stored.metadata.at("ends_at"), "layer1");
  EXPECT_EQ(find_weights("resnet18"), path);
  EXPECT_EQ(load_weights("resnet18").size(), layer1().size());
}

TEST_F(CheckedWeights, ImportTakesACommonPrefixOff) {
  const SafeTensors stored = read_safetensors(import_weights("resnet18", written(layer1("state_dict.module."))));
  EXPECT_TRUE(stored.tensors.contains("layer1.1.bn2.weight"));
}

TEST_F(CheckedWeights, ImportReadsTorchCheckpointsWithWrappedNames) {
  const fs::path file = folder_ / "trained.pth";
  const std::string script =
      "import torch, torchvision; m = torch.nn.DataParallel(torchvision.models.resnet18()); "
      "torch.save({'epoch': 3, 'state_dict': m.state_dict()}, '" +
      file.string() + "')";
  const int status = std::system(fmt::format("/usr/bin/python3 -c \"{}\" 2>/dev/null", script).c_str());
  if (status != 0) GTEST_SKIP() << "/usr/bin/python3 cannot import torchvision";
  const SafeTensors stored = read_safetensors(import_weights("resnet18", file));
  EXPECT_EQ(stored.metadata.at("ends_at"), "layer4");
  EXPECT_FALSE(stored.tensors.contains("fc.weight"));
  EXPECT_THAT(verify_weights("resnet18").text, HasSubstr("complete"));
  EXPECT_FALSE(load_backbone("resnet18", {"layer4", "pool"}).pool_fallback);
}

TEST_F(CheckedWeights, ImportRefusesForeignMisshapenAndNotFiniteWeights) {
  TensorMap foreign = layer1();
  foreign.erase("bn1.weight");
  EXPECT_THAT(import_error(foreign), AllOf(HasSubstr("mine.safetensors"), HasSubstr("bn1.weight")));
  TensorMap misshapen = layer1();
  misshapen["conv1.weight"] = Tensor::zeros({64, 3, 3, 3});
  EXPECT_THAT(import_error(misshapen), HasSubstr("conv1.weight"));
  TensorMap poisoned = layer1();
  poisoned["layer1.0.bn1.bias"].data<float>()[5] = std::nanf("");
  EXPECT_THAT(import_error(poisoned), AllOf(HasSubstr("layer1.0.bn1.bias"), HasSubstr("nan")));
  EXPECT_FALSE(fs::exists(cache() / "resnet18.safetensors"));
}

TEST_F(CheckedWeights, VerifyTellsAGoodFileFromABadOne) {
  EXPECT_THROW(verify_weights("resnet18"), Error);
  import_weights("resnet18", written(layer1()));
  const WeightsReport good = verify_weights("resnet18");
  EXPECT_TRUE(good.good) << good.text;
  EXPECT_EQ(good.path, cache() / "resnet18.safetensors");
  EXPECT_THAT(good.text, HasSubstr("ends at layer1"));
  write_text(folder_ / "a/resnet18-f37072fd.pth", "not the official file");
  const WeightsReport bad = verify_weights("resnet18");
  EXPECT_FALSE(bad.good);
  EXPECT_THAT(bad.text, AllOf(HasSubstr("SHA-256"), HasSubstr("f37072fd")));
}

}  // namespace
}  // namespace vigie

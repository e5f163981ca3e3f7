#include "vigie/backbones/weights.h"

#include <gmock/gmock.h>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/test_folders.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using test::write_text;
using testing::ElementsAre;

class Weights : public testing::Test {
 protected:
  fs::path cache() const { return folder_ / "cache/vigie/weights"; }

  test::TemporaryFolder folder_;
  test::Variable weights_{"VIGIE_WEIGHTS", (folder_ / "a").string() + "::" + (folder_ / "b").string()};
  test::Variable cache_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
};

TEST_F(Weights, FoldersAreThoseOfTheVariableThenTheCache) {
  EXPECT_THAT(weights_folders(), ElementsAre(folder_ / "a", folder_ / "b", cache()));
}

TEST_F(Weights, TheCacheFollowsXdgThenHome) {
  const test::Variable none("VIGIE_WEIGHTS", std::nullopt);
  const test::Variable home("HOME", "/home/somebody");
  const test::Variable relative("XDG_CACHE_HOME", "not/absolute");
  EXPECT_THAT(weights_folders(), ElementsAre(fs::path("/home/somebody/.cache/vigie/weights")));
  const test::Variable homeless("HOME", std::nullopt);
  EXPECT_TRUE(weights_folders().empty());
  EXPECT_THROW(weights_cache(), Error);
}

TEST_F(Weights, EarlierFoldersAndSafetensorsWin) {
  EXPECT_FALSE(find_weights("resnet18"));
  write_text(cache() / "resnet18.safetensors", "x");
  EXPECT_EQ(find_weights("resnet18"), cache() / "resnet18.safetensors");
  write_text(folder_ / "b/resnet18-f37072fd.pth", "x");
  EXPECT_EQ(find_weights("resnet18"), folder_ / "b/resnet18-f37072fd.pth");
  write_text(folder_ / "b/resnet18.safetensors", "x");
  EXPECT_EQ(find_weights("resnet18"), folder_ / "b/resnet18.safetensors");
  write_text(folder_ / "a/resnet18-f37072fd.pth", "x");
  EXPECT_EQ(find_weights("resnet18"), folder_ / "a/resnet18-f37072fd.pth");
}

TEST_F(Weights, UnknownNamesAreRefused) {
  EXPECT_THROW(find_weights("resnet19"), Error);
}

TEST_F(Weights, EveryBackboneFindsItsWeightsInTheTableAndDigestsMatchFileNames) {
  for (const BackboneInfo& info : backbones()) {
    if (info.weights.empty()) continue;
    EXPECT_EQ(weights_info(info.weights).name, info.weights);
  }
  for (const WeightsInfo& info : known_weights()) {
    EXPECT_EQ(info.sha256.size(), 8U);
    EXPECT_EQ(info.file, info.name + "-" + info.sha256 + ".pth");
    EXPECT_TRUE(info.url.ends_with("/" + info.file));
  }
}

}  // namespace
}  // namespace vigie

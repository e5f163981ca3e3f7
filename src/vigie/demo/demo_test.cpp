#include "vigie/demo/demo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/demo/sample.h"
#include "vigie/io/file.h"
#include "vigie/io/image.h"

namespace fs = std::filesystem;

namespace vigie {
namespace {

class DemoFolder : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / fmt::format("vigie_demo_{}_{}", test->name(), ::getpid());
    fs::remove_all(root_);
  }
  void TearDown() override {
    fs::remove_all(root_);
    set_thread_budget(0);
  }

  static DemoOptions small() {
    DemoOptions options;
    options.size = 64;
    options.train = 2;
    options.test_good = 1;
    options.test_per_defect = 1;
    return options;
  }

  static std::map<std::string, std::string> files_in(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file())
        files[entry.path().lexically_relative(folder).generic_string()] = read_file(entry.path());
    return files;
  }

  std::string refusal(const DemoOptions& options) const {
    try {
      make_demo_dataset(root_, options, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
      return error.what();
    }
    return "";
  }

  fs::path root_;
};

TEST_F(DemoFolder, SameSeedGivesSameBytesWhateverTheThreads) {
  set_thread_budget(1);
  make_demo_dataset(root_ / "a", small(), {});
  set_thread_budget(3);
  make_demo_dataset(root_ / "b", small(), {});
  EXPECT_EQ(files_in(root_ / "a"), files_in(root_ / "b"));
  DemoOptions other = small();
  other.seed = 1;
  other.products = {"turned_part"};
  make_demo_dataset(root_ / "c", other, {});
  EXPECT_NE(files_in(root_ / "a").at("turned_part/train/good/000.png"),
            files_in(root_ / "c").at("turned_part/train/good/000.png"));
}

TEST_F(DemoFolder, FollowsTheMvtecLayoutWithOneMaskPerDefectImage) {
  make_demo_dataset(root_, small(), {});
  for (const demo::Product& product : demo::all_products()) {
    const auto files = files_in(root_ / product.name);
    EXPECT_EQ(files.size(), 1 + 3 + 2 * product.defects.size()) << product.name;
    for (const char* good : {"train/good/000.png", "train/good/001.png", "test/good/000.png"})
      EXPECT_TRUE(files.contains(good));
    for (const std::string& defect : product.defects) {
      const Tensor image = read_image(root_ / product.name / "test" / defect / "000.png");
      const Tensor mask = read_image(root_ / product.name / "ground_truth" / defect / "000_mask.png");
      EXPECT_EQ(image.shape(), (Shape{64, 64, 3}));
      EXPECT_EQ(mask.shape(), (Shape{64, 64, 1}));
      EXPECT_THAT(mask.values<std::uint8_t>(), testing::Contains(255).Times(testing::Ge(demo::kSmallestMask)));
      EXPECT_THAT(mask.values<std::uint8_t>(), testing::Each(testing::AnyOf(0, 255)));
    }
  }
}

TEST_F(DemoFolder, ReplacesAnEarlierLargerSetCompletely) {
  DemoOptions options = small();
  options.products = {"turned_part"};
  options.train = 4;
  make_demo_dataset(root_, options, {});
  options.train = 2;
  make_demo_dataset(root_, options, {});
  EXPECT_FALSE(fs::exists(root_ / "turned_part/train/good/002.png"));
  EXPECT_TRUE(fs::exists(root_ / "turned_part/train/good/001.png"));
}

TEST_F(DemoFolder, RefusesAFolderOfSomebodyElse) {
  fs::create_directories(root_ / "circuit_board");
  std::ofstream(root_ / "circuit_board" / "thesis.txt") << "years of work";
  EXPECT_THAT(refusal(small()), testing::HasSubstr("thesis.txt"));
  EXPECT_FALSE(fs::exists(root_ / "turned_part")) << "nothing may be written before every folder is known to be ours";
  EXPECT_EQ(read_file(root_ / "circuit_board" / "thesis.txt"), "years of work");
}

TEST_F(DemoFolder, RefusesAnEarlierSetToWhichAFileWasAdded) {
  DemoOptions options = small();
  options.products = {"turned_part"};
  make_demo_dataset(root_, options, {});
  std::ofstream(root_ / "turned_part/train/good/my_own.png") << "mine";
  EXPECT_THAT(refusal(options), testing::HasSubstr("my_own.png"));
  EXPECT_TRUE(fs::exists(root_ / "turned_part/train/good/000.png"));
}

TEST_F(DemoFolder, RefusesAManifestOfAnotherGenerator) {
  fs::create_directories(root_ / "turned_part");
  std::ofstream(root_ / "turned_part" / "demo.json") << R"({"generator": "another"})";
  EXPECT_THAT(refusal(small()), testing::HasSubstr("demo.json"));
}

TEST_F(DemoFolder, RefusesOptionsOutOfRange) {
  DemoOptions options = small();
  options.size = 32;
  EXPECT_THAT(refusal(options), testing::HasSubstr("32"));
  options = small();
  options.products = {"turned_parts"};
  EXPECT_THAT(refusal(options), testing::AllOf(testing::HasSubstr("turned_parts"), testing::HasSubstr("woven_fabric")));
  options = small();
  options.train = 0;
  EXPECT_THAT(refusal(options), testing::HasSubstr("train"));
}

TEST_F(DemoFolder, StopsOnRequest) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW(make_demo_dataset(root_, small(), RunContext(source.get_token(), nullptr)), Error);
}

}  // namespace
}  // namespace vigie

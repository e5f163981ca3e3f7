#include <gmock/gmock.h>

#include "vigie/data/doctor.h"
#include "vigie/data/test_folder.h"

namespace vigie {
namespace {

using testing::IsEmpty;
using Severity = Finding::Severity;

class DepthDoctor : public TestFolder {
 protected:
  /// Grey noise 0 … largest in 16 bits.
  void draw_deep(const std::string& name, std::uint64_t seed, std::uint16_t largest) const {
    Tensor image({16, 16, 1}, DType::U16);
    Random random(seed);
    for (auto& pixel : image.values<std::uint16_t>()) pixel = static_cast<std::uint16_t>(random.below(largest + 1));
    image.data<std::uint16_t>()[0] = largest;
    write_image(folder_ / name, image);
  }
  void draw_train(std::uint16_t largest) const {
    for (int i = 0; i < 12; ++i) draw_deep(fmt::format("train/good/{:03}.png", i), 100 + i, largest);
    draw_deep("test/good/000.png", 200, largest);
    draw_deep("test/dent/000.png", 300, largest);
  }
  std::vector<Finding> findings() const {
    std::vector<Finding> all = diagnose(read_dataset(folder_), RunContext()).findings;
    std::erase_if(all, [](const Finding& one) { return one.what.find("mask") != std::string::npos; });
    return all;
  }
};

TEST_F(DepthDoctor, NotesHowManyBitsAreUsed) {
  draw_train(4095);
  const auto all = findings();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].severity, Severity::Note);
  EXPECT_EQ(
      all[0].what,
      "16-bit images use 12 bits (largest value 4095): white is 4095; 'bits' = 16 says that they are dark instead");
}

TEST_F(DepthDoctor, HasNothingToSayOfSixteenFullBits) {
  draw_train(65000);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(DepthDoctor, RefusesTestImagesOfMoreBits) {
  draw_train(4095);
  draw_deep("test/good/001.png", 400, 60000);
  const auto all = findings();
  EXPECT_EQ(all.front().severity, Severity::Error);
  EXPECT_EQ(all.front().what, "1 test image using more than the 12 bits of the training set");
  EXPECT_EQ(all.front().examples.front(), "test/good/001.png: largest value 60000");
}

TEST_F(DepthDoctor, WarnsOfTestImagesOfFewerBits) {
  draw_train(60000);
  draw_deep("test/good/001.png", 400, 4000);
  const auto all = findings();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].severity, Severity::Warning);
  EXPECT_EQ(all[0].examples.front(), "test/good/001.png: largest value 4000");
}

}  // namespace
}  // namespace vigie

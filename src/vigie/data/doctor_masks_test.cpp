#include <gmock/gmock.h>

#include "vigie/data/doctor.h"
#include "vigie/data/mask_cover.h"
#include "vigie/data/test_folder.h"
#include "vigie/io/file.h"

namespace vigie {
namespace {

using testing::HasSubstr;
using Severity = Finding::Severity;

class MaskDoctor : public TestFolder {
 protected:
  Finding finding(const std::string& what) const {
    for (const Finding& one : diagnose(read_dataset(folder_), RunContext()).findings)
      if (one.what.find(what) != std::string::npos) return one;
    ADD_FAILURE() << "no finding speaks of '" << what << "'";
    return {};
  }
  bool usable() const { return diagnose(read_dataset(folder_), RunContext()).usable(); }
  /// Overwrites mask `i` of the scratches with its opposite.
  void invert(int i) const {
    const auto path = folder_ / fmt::format("ground_truth/scratch/{:03}_mask.png", i);
    Tensor mask = read_image(path);
    for (auto& pixel : mask.values<std::uint8_t>()) pixel = static_cast<std::uint8_t>(255 - pixel);
    write_image(path, mask);
  }
};

TEST_F(MaskDoctor, RefusesMasksThatMarkMostOfMostPictures) {
  draw_mvtec();
  invert(0);
  invert(1);
  const Finding inverted = finding("masks mark most of the picture in 2 of 2 defects (2 masks): they look inverted");
  EXPECT_EQ(inverted.severity, Severity::Error);
  EXPECT_THAT(inverted.examples[0], HasSubstr("000_mask.png: read as any value above 0 = defect; inverted"));
  EXPECT_FALSE(usable());
}

TEST_F(MaskDoctor, WarnsOfOneMaskThatMarksMostAndAllOfTheBorder) {
  draw_mvtec();
  draw("test/scratch/002.png", 77);
  draw_mask("ground_truth/scratch/002_mask.png", 3, 3);
  invert(0);
  EXPECT_EQ(finding("1 mask marking most of the picture and all of its border").severity, Severity::Warning);
  EXPECT_TRUE(usable());
}

TEST_F(MaskDoctor, TakesOneLargeDefectAsItIs) {
  draw_mvtec();
  draw("test/scratch/002.png", 77);
  draw_mask("ground_truth/scratch/002_mask.png", 14, 14);
  EXPECT_TRUE(diagnose(read_dataset(folder_), RunContext()).findings.empty());
}

TEST_F(MaskDoctor, NotesHowASoftMaskIsCut) {
  draw_mvtec();
  const auto path = folder_ / "ground_truth/scratch/000_mask.png";
  write_file(path, encode_jpeg(read_image(path), 90));
  EXPECT_EQ(finding("1 mask with soft edges").severity, Severity::Note);
  EXPECT_TRUE(usable());
}

TEST(MaskCover, CountsMasksThatMarkMoreThanHalf) {
  MaskCover cover;
  EXPECT_FALSE(cover.inverted()) << "no masks";
  EXPECT_TRUE(cover.add(60, 100));
  EXPECT_FALSE(cover.add(50, 100));
  EXPECT_FALSE(cover.inverted());
  EXPECT_TRUE(cover.add(99, 100));
  EXPECT_TRUE(cover.inverted());
  EXPECT_EQ(cover.text(), "masks mark most of the picture in 2 of 3 defects");
}

TEST(BorderShare, CountsTheFourSides) {
  Tensor mask = Tensor::zeros({4, 5}, DType::U8);
  EXPECT_EQ(border_share(mask), 0);
  for (std::int64_t x = 0; x < 5; ++x) mask.data<std::uint8_t>()[x] = 1;
  EXPECT_DOUBLE_EQ(border_share(mask), 5.0 / 14);
  for (auto& pixel : mask.values<std::uint8_t>()) pixel = 1;
  EXPECT_EQ(border_share(mask), 1);
  EXPECT_EQ(border_share(Tensor::zeros({1, 1}, DType::U8)), 0);
}

}  // namespace
}  // namespace vigie

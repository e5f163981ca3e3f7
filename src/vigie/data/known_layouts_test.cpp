// The layouts of public data sets, as published, and folders sorted by hand.
#include <gmock/gmock.h>

#include <map>

#include "vigie/core/error.h"
#include "vigie/data/dataset.h"
#include "vigie/data/sample_mask.h"
#include "vigie/data/test_folder.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class KnownLayout : public TestFolder {
 protected:
  Dataset dataset() const { return read_dataset(folder_); }
  void draw_some(const std::string& folder, int count, const std::string& suffix = ".png") const {
    for (int i = 0; i < count; ++i) draw(fmt::format("{}/{:03}{}", folder, i, suffix), ++seed_);
  }
  void draw_masks(const std::string& folder, int count, const std::string& suffix = "_mask.png") const {
    for (int i = 0; i < count; ++i) draw_mask(fmt::format("{}/{:03}{}", folder, i, suffix), 2, 2 + i);
  }
  static std::map<std::string, int> kinds(const Dataset& dataset) {
    std::map<std::string, int> out;
    for (const Sample& sample : dataset.test()) ++out[dataset.class_name(sample)];
    return out;
  }
  static int masks(const Dataset& dataset) {
    int out = 0;
    for (const Sample& sample : dataset.test()) out += static_cast<int>(!sample.mask.empty());
    return out;
  }
  mutable std::uint64_t seed_ = 0;
};

using Kinds = std::map<std::string, int>;

TEST_F(KnownLayout, Btad) {
  draw_some("train/ok", 5);
  draw_some("test/ok", 2);
  draw_some("test/ko", 3);
  draw_masks("ground_truth/ko", 3, ".png");
  const Dataset read = dataset();
  EXPECT_EQ(read.layout, "mvtec");
  EXPECT_EQ(read.normals().size(), 5u);
  EXPECT_EQ(kinds(read), (Kinds{{"good", 2}, {"ko", 3}}));
  EXPECT_EQ(masks(read), 3);
  EXPECT_THAT(read.left_out, IsEmpty());
}

TEST_F(KnownLayout, MvtecAd2) {
  draw_some("train/good", 5, "_regular.png");
  draw_some("validation/good", 2, "_regular.png");
  draw_some("test_public/good", 2, "_overexposed.png");
  draw_some("test_public/bad", 3, "_overexposed.png");
  draw_masks("test_public/ground_truth/bad", 3, "_overexposed_mask.png");
  draw_some("test_private", 4, "_regular.png");
  draw_some("test_private_mixed", 4, "_mixed.png");
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 7u);
  EXPECT_EQ(kinds(read), (Kinds{{"bad", 3}, {"good", 2}}));
  EXPECT_EQ(masks(read), 3);
  const auto lines = lines_of(read.left_out, folder_);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].text,
            "8 images are left out, without a folder that says whether they are good: test_private (4), "
            "test_private_mixed (4)");
}

TEST_F(KnownLayout, MvtecLocoUnitesTheMasksOfAnImage) {
  draw_some("train/good", 5);
  draw_some("validation/good", 2);
  draw_some("test/good", 2);
  draw_some("test/logical_anomalies", 2);
  Tensor left = Tensor::zeros({16, 16}, DType::U8), right = Tensor::zeros({16, 16}, DType::U8);
  left.data<std::uint8_t>()[0] = 240;  // the value names the kind of defect
  right.data<std::uint8_t>()[255] = 7;
  write_image(folder_ / "ground_truth/logical_anomalies/000/000.png", left);
  write_image(folder_ / "ground_truth/logical_anomalies/000/001.png", right);
  write_image(folder_ / "ground_truth/logical_anomalies/001/000.png", left);
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 7u);
  EXPECT_EQ(kinds(read), (Kinds{{"good", 2}, {"logical_anomalies", 2}}));
  EXPECT_EQ(masks(read), 2);
  const Sample& both = read.test()[2];
  EXPECT_THAT(both.more_masks, ElementsAre(folder_ / "ground_truth/logical_anomalies/000/001.png"));
  const Tensor mask = read_sample_mask(both).mask;
  EXPECT_EQ(mask.data<std::uint8_t>()[0], 1);
  EXPECT_EQ(mask.data<std::uint8_t>()[255], 1);
  EXPECT_EQ(mask.data<std::uint8_t>()[100], 0);
  write_image(folder_ / "ground_truth/logical_anomalies/000/001.png", Tensor::zeros({8, 8}, DType::U8));
  EXPECT_THROW(read_sample_mask(both), Error);
  EXPECT_NE(digest_of(read, read.test()), digest_of(read, read.test().first(3)));
}

TEST_F(KnownLayout, Mvtec3dTakesThePicturesAndLeavesTheHeights) {
  draw_some("train/good/rgb", 5);
  draw_some("train/good/xyz", 5);
  draw_some("test/good/rgb", 2);
  draw_some("test/good/gt", 2);
  draw_some("test/hole/rgb", 2);
  draw_some("test/hole/xyz", 2);
  draw_masks("test/hole/gt", 2, ".png");
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 5u);
  EXPECT_EQ(kinds(read), (Kinds{{"good", 2}, {"hole", 2}}));
  EXPECT_EQ(masks(read), 4);
}

TEST_F(KnownLayout, Kolektor2LabelsByTheMaskBeside) {
  for (const char* split : {"train", "test"})
    for (int i = 0; i < 5; ++i) {
      draw(fmt::format("{}/1000{}.png", split, i), ++seed_);
      const int side = i == 0 ? 3 : 0;
      draw_mask(fmt::format("{}/1000{}_GT.png", split, i), side, side);
    }
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 4u);
  EXPECT_EQ(kinds(read), (Kinds{{"anomaly", 1}, {"good", 4}}));
  EXPECT_EQ(read.test()[0].mask, folder_ / "test/10000_GT.png");
  EXPECT_THAT(read.left_out, IsEmpty());
  ASSERT_EQ(read.labelled().size(), 1u);
  EXPECT_EQ(read.labelled()[0].image, folder_ / "train/10000.png");
  EXPECT_EQ(read.labelled()[0].mask, folder_ / "train/10000_GT.png");
}

TEST_F(KnownLayout, KolektorLearnsFromEmptyMasksAndTestsOnTheRest) {
  for (const char* part : {"kos01", "kos02"})
    for (int i = 0; i < 4; ++i) {
      draw(fmt::format("{}/Part{}.jpg", part, i), ++seed_);
      const int side = i == 2 ? 3 : 0;
      draw_mask(fmt::format("{}/Part{}_label.png", part, i), side, side);
    }
  const Dataset read = dataset();
  EXPECT_EQ(read.layout, "folder");
  EXPECT_FALSE(read.has_split);
  EXPECT_EQ(read.normals().size(), 6u);
  EXPECT_EQ(kinds(read), (Kinds{{"anomaly", 2}}));
  EXPECT_EQ(masks(read), 2);
}

TEST_F(KnownLayout, VisaWithoutItsTable) {
  draw_some("Data/Images/Normal", 4);
  draw_some("Data/Images/Anomaly", 2);
  draw_masks("Data/Masks/Anomaly", 2, ".png");
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 4u);
  EXPECT_EQ(kinds(read), (Kinds{{"anomaly", 2}}));
  EXPECT_EQ(masks(read), 2);
}

TEST_F(KnownLayout, KindsOfDefectsBesideGood) {
  draw_some("good", 4);
  draw_some("crack", 2);
  draw_some("weave", 2);
  draw_some("other", 2);
  draw_masks("mask/crack", 2, ".png");
  draw_masks("mask/weave", 1, ".png");
  const Dataset read = dataset();
  EXPECT_EQ(read.layout, "folder");
  EXPECT_EQ(kinds(read), (Kinds{{"crack", 2}, {"weave", 2}}));
  EXPECT_EQ(masks(read), 3);
  ASSERT_EQ(read.left_out.size(), 1u);
  EXPECT_EQ(read.left_out[0].path, folder_ / "other");
}

TEST_F(KnownLayout, MasksRightInTheirFolderGoToTheOnlyDefectOfThatName) {
  draw_some("good", 4);
  draw("bad/a.png", 50);
  draw("bad/dent/b.png", 51);
  draw("bad/scratch/b.png", 52);
  draw_mask("masks/a.png", 2, 2);
  draw_mask("masks/b.png", 2, 2);
  const Dataset read = dataset();
  EXPECT_EQ(masks(read), 1);
  EXPECT_EQ(read.test()[0].mask, folder_ / "masks/a.png");
  ASSERT_EQ(read.left_out.size(), 1u);
  EXPECT_EQ(read.left_out[0].why, LeftOut::Why::LoneMask);
}

TEST_F(KnownLayout, ColorIsADefectOfTest) {
  draw_some("train/good", 4);
  draw_some("test/color", 2);
  EXPECT_EQ(kinds(dataset()), (Kinds{{"color", 2}}));
}

TEST_F(KnownLayout, ValidationWithLabelsIsTheTestOfASetWithoutOne) {
  draw_some("train/OK", 4);
  draw_some("train/NG", 2);
  draw_some("val/OK", 3);
  draw_some("val/NG", 2);
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 4u);
  EXPECT_EQ(read.labelled().size(), 2u);
  EXPECT_EQ(kinds(read), (Kinds{{"NG", 2}, {"good", 3}}));
}

TEST_F(KnownLayout, ATestAloneCanBeMeasured) {
  draw_some("test/good", 3);
  draw_some("test/hole", 2);
  const Dataset read = dataset();
  EXPECT_TRUE(read.normals().empty());
  EXPECT_EQ(kinds(read), (Kinds{{"good", 3}, {"hole", 2}}));
}

TEST_F(KnownLayout, ParentsOfPlainFoldersAreAskedForOne) {
  draw_some("a/good", 2);
  draw_some("b/OK", 2);
  EXPECT_THAT([&] { dataset(); },
              testing::Throws<Error>(testing::Property(&Error::what, testing::HasSubstr("holds 2 categories: a, b"))));
}

}  // namespace
}  // namespace vigie

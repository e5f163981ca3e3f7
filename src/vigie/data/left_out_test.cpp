#include "vigie/data/left_out.h"

#include <gmock/gmock.h>

#include "vigie/core/error.h"
#include "vigie/data/dataset.h"
#include "vigie/data/folder_walk.h"
#include "vigie/data/test_folder.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Why = LeftOut::Why;

class LeftOutOf : public TestFolder {
 protected:
  Dataset dataset() const { return read_dataset(folder_); }
  /// "why path (files)" of everything that is left out.
  std::vector<std::string> left_out() const {
    std::vector<std::string> out;
    for (const LeftOut& one : dataset().left_out)
      out.push_back(fmt::format("{} {} ({})", name_of(one.why), one.path.lexically_relative(folder_).generic_string(),
                                one.files));
    return out;
  }
  void draw_good(int count = 12) const {
    for (int i = 0; i < count; ++i) draw(fmt::format("train/good/{:03}.png", i), 100 + i);
  }
};

TEST_F(LeftOutOf, DefectFoldersInTrainAreLabelledAndNoNormals) {
  for (const char* bad : {"ng", "n.i.O.", "defective", "def_front", "scratch", "reject", "not ok", "Fehler"}) {
    fs::remove_all(folder_ / "train");
    draw_good();
    draw(fmt::format("train/{}/000.png", bad), 1);
    draw(fmt::format("train/{}/sub/001.png", bad), 2);
    const Dataset read = dataset();
    EXPECT_EQ(read.normals().size(), 12u) << bad;
    ASSERT_EQ(read.labelled().size(), 2u) << bad;
    EXPECT_EQ(read.class_name(read.labelled()[0]), bad);
    EXPECT_THAT(left_out(), IsEmpty());
  }
}

TEST_F(LeftOutOf, UnknownFoldersBesideAGoodOneAreNotLearntFrom) {
  draw_good();
  draw("train/hole/000.png", 1);
  draw("train/001.png", 2);
  draw("elsewhere/001.png", 3);
  EXPECT_EQ(dataset().normals().size(), 12u);
  EXPECT_THAT(left_out(),
              ElementsAre("unknown_folder elsewhere (1)", "no_label train (1)", "unknown_folder train/hole (1)"));
}

TEST_F(LeftOutOf, TrainWithoutAFolderForGoodIsRefusedByTheNamesOfItsFolders) {
  draw("train/a/000.png", 1);
  draw("train/b/000.png", 2);
  draw("train/ng/000.png", 2);
  try {
    dataset();
    FAIL() << "learnt from folders of unknown names";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadFile);
    EXPECT_THAT(error.what(), HasSubstr("no folder to learn from is named as good; there are train/a (1), train/b (1), "
                                        "train/ng (1)"));
  }
}

TEST_F(LeftOutOf, ADefectBelowAGoodFolderIsNotLearntFrom) {
  draw_good();
  draw("train/good/ng/000.png", 1);
  draw("train/good/shift2/000.png", 2);
  draw("train/good/NG_7.png", 3);
  EXPECT_EQ(dataset().normals().size(), 13u);
  EXPECT_EQ(dataset().labelled().size(), 1u);                                       // ng/000: the folder decides
  EXPECT_THAT(left_out(), ElementsAre("defect_to_learn train/good/NG_7.png (1)"));  // folder and name do not agree
}

TEST_F(LeftOutOf, GoodIsFoundBelowCameras) {
  for (int i = 0; i < 3; ++i)
    for (const char* camera : {"cam1", "cam2"}) {
      draw(fmt::format("train/{}/OK/{}.png", camera, i), i);
      draw(fmt::format("train/{}/NG/{}.png", camera, i), 10 + i);
      draw(fmt::format("test/{}/OK/{}.png", camera, i), 20 + i);
      draw(fmt::format("test/{}/NG/{}.png", camera, i), 30 + i);
      draw(fmt::format("test/{}/hole/{}.png", camera, i), 40 + i);
    }
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 6u);
  std::map<std::string, int> kinds;
  for (const Sample& sample : read.test()) ++kinds[read.class_name(sample)];
  EXPECT_EQ(kinds, (std::map<std::string, int>{{"good", 6}, {"NG", 6}, {"hole", 6}}));
}

TEST_F(LeftOutOf, MasksAndPicturesInTrainAreNotLearntFrom) {
  draw_good();
  draw_mask("train/good/000_mask.png", 0, 0);  // marks nothing: 000 is good
  draw_mask("train/good/001_mask.png", 2, 2);  // marks a defect: 001 is none
  draw("train/good/002_overlay.png", 1);
  draw("train/good/003.png.heatmap.png", 1);
  draw_mask("train/good/mask_020.png", 2, 2);  // of no image
  draw_mask("train/masks/004.png", 2, 2);
  draw("train/good/overlays/004.png", 1);
  const Dataset read = dataset();
  EXPECT_EQ(read.normals().size(), 10u);
  for (const Sample& sample : read.normals()) EXPECT_EQ(sample.mask, "");
  EXPECT_THAT(left_out(),
              testing::UnorderedElementsAre(
                  "marked_to_learn train/good/001.png (1)", "not_a_part train/good/002_overlay.png (1)",
                  "not_a_part train/good/003.png.heatmap.png (1)", "mask_without_image train/good/mask_020.png (1)",
                  "marked_to_learn train/good/004.png (1)", "not_a_part train/good/overlays (1)"));
}

TEST_F(LeftOutOf, MasksBesideAFolderOfImagesSayWhatIsGood) {
  for (int i = 0; i < 4; ++i) {
    draw(fmt::format("train/images/{}.png", i), i);
    draw_mask(fmt::format("train/masks/{}.png", i), i == 3 ? 2 : 0, i == 3 ? 2 : 0);
  }
  EXPECT_EQ(dataset().normals().size(), 3u);
  ASSERT_EQ(dataset().labelled().size(), 1u);
  EXPECT_EQ(dataset().labelled()[0].image, folder_ / "train/images/3.png");
  EXPECT_THAT(left_out(), IsEmpty());
}

TEST_F(LeftOutOf, GoodTestPartsAreGoodUnderAnyName) {
  for (const char* good :
       {"good", "ok", "OK", "Good", "normal", "pass", "i.O.", "gut", "bon", "defect-free", "ok_top"}) {
    fs::remove_all(folder_ / "test");
    draw_good();
    draw(fmt::format("test/{}/000.png", good), 1);
    draw("test/hole/000.png", 2);
    const Dataset read = dataset();
    ASSERT_EQ(read.test().size(), 2u) << good;
    EXPECT_EQ(std::ranges::count_if(read.test(), &Sample::is_defect), 1) << good;
  }
}

TEST_F(LeftOutOf, FilesThatAreNoImagesAreCountedByExtension) {
  draw_good();
  for (int i = 0; i < 10; ++i) write(fmt::format("train/good/{}.webp", i), "RIFFxxxxWEBP");
  write("train/good/a.heic", "x");
  write("train/good/b.HEIC", "x");
  write("train/good/notes.txt", "x");
  write("train/good/._000.png", "x");
  write("train/good/Thumbs.db", "x");
  write("__MACOSX/train/good/._000.png", "x");
  const auto lines = lines_of(dataset().left_out, folder_);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text,
            "12 images of formats that vigie does not read are left out: 10 .webp, 2 .heic; first train/good/0.webp");
  EXPECT_EQ(lines[1].text, "1 file that is not named as an image is left out: 1 .txt; first train/good/notes.txt");
  EXPECT_EQ(lines[2].text,
            "3 hidden or system files are left out: __MACOSX, train/good/._000.png, train/good/Thumbs.db");
}

TEST_F(LeftOutOf, AnImageUnderAnotherFormatsNameIsRead) {
  draw("good/0.png", 1);
  draw("good/1.png", 2);
  fs::rename(folder_ / "good/1.png", folder_ / "good/1.webp");
  EXPECT_EQ(dataset().normals().size(), 2u);
}

TEST_F(LeftOutOf, EveryNameOfJpegAndTiffIsRead) {
  for (const char* name : {"a.jpg", "b.png", "c.jpeg"}) draw(name, 1);
  for (const char* name : {"d.jfif", "e.jpe", "f.JIF", "g.jfi"}) fs::copy_file(folder_ / "a.jpg", folder_ / name);
  fs::create_directory_symlink(folder_ / "nowhere", folder_ / "dangling");
  const FolderTree tree = walk_folder(folder_);
  EXPECT_EQ(tree.images.size(), 7u);
  EXPECT_EQ(tree.left_out.size(), 1u);
}

TEST_F(LeftOutOf, WhatVigieItselfDrewIsNotLearntFromNorTestedOn) {
  for (int i = 0; i < 3; ++i) {
    draw(fmt::format("good/{}.png", i), i);
    draw(fmt::format("bad/{}.png", i), 10 + i);
    draw(fmt::format("out/good/{}.png.overlay.png", i), 20 + i);
    draw(fmt::format("out/good/{}.jpg.mask.png", i), 20 + i);
  }
  draw("backup/good/0.png", 30);
  EXPECT_EQ(dataset().normals().size(), 3u);
  EXPECT_EQ(dataset().test().size(), 3u);
  EXPECT_EQ(left_out().size(), 7u);
  EXPECT_EQ(left_out().front(), "unknown_folder backup (1)");
}

TEST_F(LeftOutOf, ASplitBelowAnUnknownFolderIsNone) {
  draw_good();
  draw("old/train/good/0.png", 1);
  draw("old/test/good/0.png", 2);
  EXPECT_EQ(dataset().normals().size(), 12u);
  EXPECT_TRUE(dataset().test().empty());
}

TEST_F(LeftOutOf, SplitsMayLieBelowLabels) {
  draw("good/train/0.png", 1);
  draw("good/test/1.png", 2);
  draw("bad/test/2.png", 3);
  EXPECT_EQ(dataset().normals().size(), 1u);
  EXPECT_EQ(dataset().test().size(), 2u);
}

TEST_F(LeftOutOf, AMaskOfTheSameNameIsNoPart) {
  for (int i = 0; i < 3; ++i) {
    draw(fmt::format("MT_Free/Imgs/{}.jpg", i), i);
    draw_mask(fmt::format("MT_Free/Imgs/{}.png", i), 0, 0);
    draw(fmt::format("MT_Fray/Imgs/{}.jpg", i), 10 + i);
    draw_mask(fmt::format("MT_Fray/Imgs/{}.png", i), 2, 2);
  }
  EXPECT_EQ(dataset().normals().size(), 3u);
  ASSERT_EQ(dataset().test().size(), 3u);
  EXPECT_EQ(dataset().test()[0].mask, folder_ / "MT_Fray/Imgs/0.png");
  EXPECT_EQ(dataset().classes, (std::vector<std::string>{"good", "MT_Fray"}));
}

TEST_F(LeftOutOf, AFolderReachedTwiceIsSaid) {
  draw("good/a.png", 1);
  fs::create_directory_symlink(folder_ / "good", folder_ / "good" / "again");
  EXPECT_THAT(left_out(), ElementsAre("again good/again (1)"));
}

TEST_F(LeftOutOf, LooseImagesNamedAsDefectsAreATest) {
  for (int i = 0; i < 4; ++i) draw(fmt::format("ok_{}.png", i), i);
  draw("NG_1.png", 9);
  EXPECT_EQ(dataset().normals().size(), 4u);
  ASSERT_EQ(dataset().test().size(), 1u);
  EXPECT_EQ(dataset().classes, (std::vector<std::string>{"good", "anomaly"}));
  fs::remove(folder_ / "NG_1.png");
  for (int i = 0; i < 4; ++i) fs::rename(folder_ / fmt::format("ok_{}.png", i), folder_ / fmt::format("NG_{}.png", i));
  EXPECT_EQ(dataset().normals().size(), 4u);  // the product's name: all have it
}

}  // namespace
}  // namespace vigie

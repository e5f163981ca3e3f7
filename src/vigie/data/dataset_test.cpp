#include "vigie/data/dataset.h"

#include <gmock/gmock.h>

#include <set>

#include "vigie/core/error.h"
#include "vigie/data/test_folder.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// "test/good/000.png good"
std::vector<std::string> names_of(const Dataset& dataset, std::span<const Sample> samples) {
  std::vector<std::string> names;
  for (const Sample& sample : samples)
    names.push_back(sample.image.lexically_relative(dataset.root).generic_string() + " " + dataset.class_name(sample));
  return names;
}

std::string error_of(const fs::path& path, ErrorKind kind, const std::string& layout = "") {
  try {
    read_dataset(path, layout);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "no error for " << path;
  return "";
}

using ReadDataset = TestFolder;

TEST_F(ReadDataset, ReadsMvtecWithMasksByStem) {
  draw_mvtec();
  draw("test/dent/000.png", 1);
  draw_mask("ground_truth/dent/000.bmp.png", 1, 1);  // of no image
  draw("test/dent/001.png", 2);
  draw_mask("ground_truth/dent/001.png", 1, 1);
  const Dataset dataset = read_dataset(folder_);
  EXPECT_EQ(dataset.layout, "mvtec");
  EXPECT_EQ(dataset.name, folder_.filename());
  EXPECT_EQ(dataset.normals().size(), 12u);
  EXPECT_THAT(names_of(dataset, dataset.test()),
              ElementsAre("test/dent/000.png dent", "test/dent/001.png dent", "test/good/000.png good",
                          "test/good/001.png good", "test/scratch/000.png scratch", "test/scratch/001.png scratch"));
  EXPECT_EQ(dataset.test()[0].mask, "");
  EXPECT_EQ(dataset.test()[1].mask, folder_ / "ground_truth/dent/001.png");
  EXPECT_EQ(dataset.test()[2].mask, "");
  EXPECT_EQ(dataset.test()[5].mask, folder_ / "ground_truth/scratch/001_mask.png");
}

TEST_F(ReadDataset, IgnoresHiddenFilesAndOtherFiles) {
  draw_mvtec();
  write("train/good/.hidden.png", "x");
  write("train/good/notes.txt", "x");
  write("train/good/Thumbs.db", "x");
  draw("test/.trash/000.png", 1);
  const Dataset dataset = read_dataset(folder_);
  EXPECT_EQ(dataset.normals().size(), 12u);
  EXPECT_EQ(dataset.test().size(), 4u);
}

TEST_F(ReadDataset, ListsTheCategoriesOfAParentFolder) {
  draw_mvtec("screw");
  draw_mvtec("bottle");
  EXPECT_THAT(error_of(folder_, ErrorKind::InvalidArgument), HasSubstr("holds 2 categories: bottle, screw"));
  EXPECT_EQ(read_dataset(folder_ / "screw/").name, "screw");
}

TEST_F(ReadDataset, ReadsVisaFromTheCategoryOrItsParent) {
  for (int i = 0; i < 3; ++i) draw(fmt::format("candle/Data/Images/Normal/{}.png", i), i);
  draw("candle/Data/Images/Anomaly/0.png", 9);
  draw_mask("candle/Data/Masks/Anomaly/0.png", 2, 2);
  const std::string rows =
      "object,split,label,image,mask\n"
      "candle,train,normal,candle/Data/Images/Normal/1.png,\n"
      "candle,train,normal,candle/Data/Images/Normal/0.png,\n"
      "candle,test,normal,candle/Data/Images/Normal/2.png,\n"
      "candle,test,anomaly,candle/Data/Images/Anomaly/0.png,candle/Data/Masks/Anomaly/0.png\n";
  write("split_csv/1cls.csv", rows);
  for (const fs::path& path : {folder_, folder_ / "candle"}) {
    const Dataset dataset = read_dataset(path);
    EXPECT_EQ(dataset.layout, "visa");
    EXPECT_EQ(dataset.name, "candle");
    EXPECT_EQ(names_of(dataset, dataset.normals()).front(), "candle/Data/Images/Normal/0.png good");
    EXPECT_THAT(names_of(dataset, dataset.test()),
                ElementsAre("candle/Data/Images/Anomaly/0.png anomaly", "candle/Data/Images/Normal/2.png good"));
    EXPECT_EQ(dataset.test()[0].mask, folder_ / "candle/Data/Masks/Anomaly/0.png");
  }
  write("split_csv/1cls.csv", rows + "pcb1,train,normal,pcb1/0.png,\n");
  EXPECT_THAT(error_of(folder_, ErrorKind::InvalidArgument), HasSubstr("2 categories: candle, pcb1"));
  EXPECT_EQ(read_dataset(folder_ / "candle").normals().size(), 2u);
}

TEST_F(ReadDataset, ReadsFoldersWithTypesBelowTheBadOne) {
  draw("OK/b.png", 1);
  draw("OK/shift2/a.png", 2);
  draw("NG/x.png", 3);
  draw("NG/scratch/y.png", 4);
  draw("unrelated/z.png", 5);
  const Dataset dataset = read_dataset(folder_);
  EXPECT_EQ(dataset.layout, "folder");
  EXPECT_THAT(names_of(dataset, dataset.normals()), ElementsAre("OK/b.png good", "OK/shift2/a.png good"));
  EXPECT_THAT(names_of(dataset, dataset.test()), ElementsAre("NG/scratch/y.png scratch", "NG/x.png anomaly"));
}

TEST_F(ReadDataset, TakesImagesRightInTheFolderAsGood) {
  draw("b.png", 1);
  draw("a.JPG", 2);
  const Dataset dataset = read_dataset(folder_);
  EXPECT_THAT(names_of(dataset, dataset.normals()), ElementsAre("a.JPG good", "b.png good"));
  EXPECT_TRUE(dataset.test().empty());
}

TEST_F(ReadDataset, FollowsALinkOnceAndNotForever) {
  draw("good/a.png", 1);
  fs::create_directory_symlink(folder_ / "good", folder_ / "good" / "again");
  fs::create_symlink(folder_ / "nowhere.png", folder_ / "good" / "dangling_folder");
  EXPECT_EQ(read_dataset(folder_).normals().size(), 1u);
}

TEST_F(ReadDataset, ReadsACsvWithPathsRelativeToIt) {
  for (const char* name : {"img/1.png", "img/2.png", "img/3, odd.png"}) draw(name, name[4]);
  write("set.csv", "image,label,mask\nimg/2.png,0,\nimg/1.png,good,\n\"img/3, odd.png\",scratch,img/3m.png\n");
  const Dataset dataset = read_dataset(folder_ / "set.csv");
  EXPECT_EQ(dataset.layout, "csv");
  EXPECT_EQ(dataset.name, "set");
  EXPECT_EQ(dataset.root, folder_);
  EXPECT_THAT(names_of(dataset, dataset.normals()), ElementsAre("img/1.png good", "img/2.png good"));
  EXPECT_THAT(names_of(dataset, dataset.test()), ElementsAre("img/3, odd.png scratch"));
  EXPECT_EQ(dataset.test()[0].mask, folder_ / "img/3m.png");
}

TEST_F(ReadDataset, LabelsTheDefectsThatACsvGivesForTraining) {
  draw("1.png", 1);
  write("set.csv",
        "image,label,split\n5.png,dent,test\n3.png,scratch,train\n2.png,dent,train\n4.png,1,train\n1.png,good,train\n");
  const Dataset dataset = read_dataset(folder_ / "set.csv");
  EXPECT_EQ(dataset.classes, (std::vector<std::string>{"good", "anomaly", "dent", "scratch"}));
  EXPECT_THAT(names_of(dataset, dataset.normals()), ElementsAre("1.png good"));
  EXPECT_THAT(names_of(dataset, dataset.labelled()), ElementsAre("2.png dent", "3.png scratch", "4.png anomaly"));
  EXPECT_THAT(names_of(dataset, dataset.test()), ElementsAre("5.png dent"));
  EXPECT_EQ(defect_counts(dataset, dataset.labelled()), "anomaly (1), dent (1), scratch (1)");
}

TEST_F(ReadDataset, LabelsTheDefectsThatVisaGivesForTraining) {
  draw("part/0.png", 1);
  write("split_csv/1cls.csv",
        "object,split,label,image,mask\npart,train,normal,part/0.png,\npart,train,anomaly,part/1.png,part/1m.png\n");
  const Dataset dataset = read_dataset(folder_ / "part");
  EXPECT_EQ(dataset.normals().size(), 1u);
  ASSERT_EQ(dataset.labelled().size(), 1u);
  EXPECT_EQ(dataset.labelled()[0].mask, folder_ / "part/1m.png");
}

TEST(Views, ShowNoUnlabelledSampleAndFollowRolesAndLabels) {
  Dataset dataset;
  dataset.classes = {"good", "dent"};
  dataset.samples = {{.image = "e", .label = {}, .role = Role::Train},
                     {.image = "d", .label = 1, .role = Role::Test},
                     {.image = "c", .label = kGood, .role = Role::Test},
                     {.image = "b", .label = 1},
                     {.image = "a", .label = kGood},
                     {.image = "f", .label = {}, .role = Role::Test}};
  sort_samples(dataset);
  ASSERT_EQ(dataset.normals().size(), 1u);
  EXPECT_EQ(dataset.normals()[0].image, "a");
  ASSERT_EQ(dataset.labelled().size(), 1u);
  EXPECT_EQ(dataset.labelled()[0].image, "b");
  ASSERT_EQ(dataset.test().size(), 2u);
  EXPECT_EQ(dataset.test()[0].image, "c");
  EXPECT_THROW((void)dataset.class_name(dataset.samples.back()), Error);
}

TEST_F(ReadDataset, FollowsTheSplitColumnOfACsv) {
  draw("1.png", 1);
  write("set.csv", "image,label,split\n1.png,good,train\n2.png,normal,test\n3.png,1,TEST\n");
  const Dataset dataset = read_dataset(folder_ / "set.csv");
  EXPECT_THAT(names_of(dataset, dataset.normals()), ElementsAre("1.png good"));
  EXPECT_THAT(names_of(dataset, dataset.test()), ElementsAre("2.png good", "3.png anomaly"));
  write("set.csv", "image,label,split\n1.png,good,dev\n");
  EXPECT_THAT(error_of(folder_ / "set.csv", ErrorKind::BadFile), HasSubstr("line 2: split 'dev'"));
  write("set.csv", "image,label\nelsewhere/1.png,good\n");
  EXPECT_THAT(error_of(folder_ / "set.csv", ErrorKind::BadFile), HasSubstr("none of its 1 images exists"));
}

TEST_F(ReadDataset, ReadsTheLabelsAndPathsOfWindowsInACsv) {
  for (int i = 0; i < 4; ++i) draw(fmt::format("img/{}.png", i), i);
  draw(
      "img/Pr\xC3\xBC"
      "fung.png",
      9);
  using Pair = std::pair<const char*, const char*>;
  for (const auto& [good, bad] : {Pair{"pass", "fail"}, Pair{"i.O.", "n.i.O."}, Pair{"0.0", "1.0"}, Pair{"0", "1"},
                                  Pair{"False", "True"}, Pair{"OK", "NG"}, Pair{"gut", "schlecht"}}) {
    write("set.csv", fmt::format("image;label\r\nimg\\0.png;{0}\r\nimg\\1.png;{1}\r\n.\\img\\2.png;{0}\r\nimg\\Pr\xFC"
                                 "fung.png;{0}\r\n",
                                 good, bad));
    const Dataset dataset = read_dataset(folder_ / "set.csv");
    EXPECT_EQ(dataset.normals().size(), 3u) << good;
    EXPECT_TRUE(fs::exists(dataset.normals()[2].image));
    ASSERT_EQ(dataset.test().size(), 1u) << bad;
    EXPECT_EQ(dataset.class_name(dataset.test()[0]), "anomaly");
    EXPECT_FALSE(dataset.has_split);
  }
}

TEST_F(ReadDataset, NamesTheLabelsOfACsvThatItDoesNotKnow) {
  draw("1.png", 1);
  write("set.csv", "image,label\n1.png,makellos\n2.png,kratzig\n");
  EXPECT_THAT(error_of(folder_ / "set.csv", ErrorKind::BadFile),
              HasSubstr("no label from line 2 on says good; the labels are kratzig (1), makellos (1). Words for good"));
  write("set.csv", "image,label,split\n1.png,good,train\n2.png,makellos,test\n3.png,broken,test\n");
  const Dataset dataset = read_dataset(folder_ / "set.csv");
  ASSERT_EQ(dataset.notes.size(), 1u);
  EXPECT_THAT(dataset.notes[0], HasSubstr("taken for types of defects: makellos (1); words for good are good, ok"));
  write("set.csv", "image,label\nimg\\1.png,good\n");
  EXPECT_THAT(error_of(folder_ / "set.csv", ErrorKind::BadFile), HasSubstr("img\\1.png"));
}

TEST_F(ReadDataset, SaysWhatIsMissing) {
  error_of(folder_ / "nothing", ErrorKind::NotFound);
  EXPECT_THAT(error_of(folder_, ErrorKind::BadFile), HasSubstr("no data set here; expected train/good"));
  EXPECT_THAT(error_of(folder_, ErrorKind::InvalidArgument, "mvtek"), HasSubstr("did you mean 'mvtec'"));
  EXPECT_THAT(error_of(folder_, ErrorKind::BadFile, "mvtec"), HasSubstr("no folder train/good"));
  EXPECT_THAT(error_of(folder_, ErrorKind::BadFile, "visa"), HasSubstr("not VisA layout"));
  fs::create_directories(folder_ / "train/good");
  EXPECT_THAT(error_of(folder_, ErrorKind::BadFile), HasSubstr("no good images to learn from"));
  write("a.txt", "x");
  EXPECT_THAT(error_of(folder_ / "a.txt", ErrorKind::BadFile), HasSubstr("a folder or a .csv file"));
}

std::vector<Sample> numbered(int count) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) samples.push_back({.image = fmt::format("{:03}.png", i), .label = kGood});
  return samples;
}

TEST(SplitNormals, KeepsEverySampleOnceAndTheShare) {
  const Split split = split_normals(numbered(50), 0.2, 1);
  EXPECT_EQ(split.held_out.size(), 10u);
  std::set<fs::path> all;
  for (const auto* part : {&split.fit, &split.held_out})
    for (const Sample& sample : *part) all.insert(sample.image);
  EXPECT_EQ(all.size(), 50u);
  EXPECT_EQ(split_normals(numbered(2), 0.01, 1).held_out.size(), 1u);
  EXPECT_EQ(split_normals(numbered(2), 0.99, 1).fit.size(), 1u);
}

TEST(SplitNormals, DependsOnTheSeedAlone) {
  const auto held_out = [](std::uint64_t seed) {
    std::vector<fs::path> images;
    for (const Sample& sample : split_normals(numbered(40), 0.25, seed).held_out) images.push_back(sample.image);
    return images;
  };
  EXPECT_EQ(held_out(3), held_out(3));
  EXPECT_NE(held_out(3), held_out(4));
  EXPECT_THROW(split_normals(numbered(1), 0.5, 0), Error);
  EXPECT_THROW(split_normals(numbered(9), 1.0, 0), Error);
}

using DigestOf = TestFolder;

TEST_F(DigestOf, ChangesWithContentNamesAndLabelsButNotWithThePlace) {
  for (const char* name : {"a/1.png", "b/1.png"}) draw(name, 1);
  for (const char* name : {"a/2.png", "b/2.png"}) draw(name, 2);
  const auto digest = [&](const std::string& root, const std::string& second, bool defect) {
    Dataset dataset;
    dataset.root = folder_ / root;
    dataset.classes = {"good", "dent"};
    dataset.samples = {{.image = folder_ / root / "1.png", .label = kGood},
                       {.image = folder_ / root / second, .label = defect ? 1 : kGood}};
    return digest_of(dataset, dataset.samples);
  };
  const std::string first = digest("a", "2.png", false);
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(digest("b", "2.png", false), first);
  EXPECT_NE(digest("a", "2.png", true), first);
  EXPECT_NE(digest("a", "1.png", false), first);
  fs::rename(folder_ / "b/2.png", folder_ / "b/3.png");
  EXPECT_NE(digest("b", "3.png", false), first);
  draw("a/2.png", 5);
  EXPECT_NE(digest("a", "2.png", false), first);
}

}  // namespace
}  // namespace vigie

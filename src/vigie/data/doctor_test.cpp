#include "vigie/data/doctor.h"

#include <gmock/gmock.h>

#include "vigie/core/error.h"
#include "vigie/data/test_folder.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = Finding::Severity;

class Doctor : public TestFolder {
 protected:
  Diagnosis diagnosed() const { return diagnose(read_dataset(folder_), RunContext()); }
  /// The finding whose text holds `what`; a failure when there is none.
  static Finding finding(const Diagnosis& diagnosis, const std::string& what) {
    for (const Finding& one : diagnosis.findings)
      if (one.what.find(what) != std::string::npos) return one;
    ADD_FAILURE() << "no finding speaks of '" << what << "'";
    return {};
  }
};

TEST_F(Doctor, FindsNothingInASoundDataSet) {
  draw_mvtec();
  const Diagnosis diagnosis = diagnosed();
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  EXPECT_TRUE(diagnosis.usable());
  EXPECT_THAT(text_from_diagnosis(read_dataset(folder_), diagnosis), EndsWith("\nverdict: usable\n"));
}

TEST_F(Doctor, CallsATestImageThatIsInTrainALeak) {
  draw_mvtec();
  draw("test/good/007.png", 104);
  const Diagnosis diagnosis = diagnosed();
  const Finding leak = finding(diagnosis, "1 test image is also in train (leakage)");
  EXPECT_EQ(leak.severity, Severity::Error);
  EXPECT_THAT(leak.examples, ElementsAre("test/good/007.png: same pixels as train/good/004.png"));
  EXPECT_FALSE(diagnosis.usable());
  EXPECT_THAT(text_from_diagnosis(read_dataset(folder_), diagnosis),
              HasSubstr("verdict: not usable: 1 test image is also"));
}

TEST_F(Doctor, SeesTheSamePixelsInAnotherFileFormat) {
  draw_mvtec();
  const Tensor image = read_image(folder_ / "train/good/003.png");
  std::string bmp = encode_png(image);
  write("train/good/copy.tif", bmp);  // a PNG under another name, recognised by content
  EXPECT_EQ(finding(diagnosed(), "1 training image repeats another one").severity, Severity::Warning);
}

TEST_F(Doctor, ReportsContradictingLabels) {
  draw_mvtec();
  draw("test/scratch/001.png", 200);
  EXPECT_EQ(finding(diagnosed(), "with a different label").severity, Severity::Error);
}

TEST_F(Doctor, KnowsLabelledDefectsOfTheTrainingSet) {
  draw_mvtec();
  for (int i = 0; i < 3; ++i) draw(fmt::format("train/scratch/{}.png", i), 500 + i);
  EXPECT_EQ(finding(diagnosed(), "3 labelled defects in the training set: scratch (3)").severity, Severity::Note);
  EXPECT_TRUE(diagnosed().usable());
  EXPECT_THAT(text_from_diagnosis(read_dataset(folder_), diagnosed()),
              HasSubstr("\n15 training images (12 good, 3 anomalous), 4 test images (2 good, 2 anomalous)\n"));
  const DatasetStatistics statistics = statistics_of(read_dataset(folder_), RunContext());
  EXPECT_EQ(statistics.train_images, 15);
  EXPECT_EQ(statistics.train_anomalous, 3);
  ASSERT_EQ(statistics.defects.size(), 1u);
  EXPECT_EQ(statistics.defects[0].images, 5);
}

TEST_F(Doctor, CallsALabelledDefectThatIsInTestOrAlsoGoodAnError) {
  draw_mvtec();
  draw("train/scratch/0.png", 300);  // test/scratch/000
  draw("train/scratch/1.png", 104);  // train/good/004
  const Diagnosis diagnosis = diagnosed();
  EXPECT_THAT(finding(diagnosis, "1 test image is also in train (leakage)").examples,
              ElementsAre("test/scratch/000.png: same pixels as train/scratch/0.png"));
  EXPECT_THAT(finding(diagnosis, "1 image repeats another with a different label").examples,
              ElementsAre("train/scratch/1.png: same pixels as train/good/004.png"));
}

TEST_F(Doctor, ReportsUnreadableFilesAndGoesOn) {
  draw_mvtec();
  write("train/good/broken.png", "not an image");
  write("train/good/empty.png", "");
  write("ground_truth/scratch/000_mask.png", "no mask");
  const Diagnosis diagnosis = diagnosed();
  EXPECT_EQ(finding(diagnosis, "2 images cannot be read").severity, Severity::Error);
  EXPECT_THAT(finding(diagnosis, "2 images cannot be read").examples[0], HasSubstr("broken.png"));
  EXPECT_EQ(finding(diagnosis, "1 mask cannot be read").severity, Severity::Error);
  EXPECT_THAT(text_from_diagnosis(read_dataset(folder_), diagnosis),
              EndsWith("verdict: not usable: 2 images cannot be read (and 1 more error)\n"));
}

TEST_F(Doctor, ChecksMasks) {
  draw_mvtec();
  draw_mask("ground_truth/scratch/000_mask.png", 2, 2, 17);
  draw_mask("ground_truth/scratch/001_mask.png", 0, 0);
  draw_mask("ground_truth/scratch/orphan_mask.png", 1, 1);
  draw_mask("ground_truth/good/000_mask.png", 1, 1);
  draw("test/dent/000.png", 50);
  const Diagnosis diagnosis = diagnosed();
  const Finding size = finding(diagnosis, "1 mask of another size than the image");
  EXPECT_EQ(size.severity, Severity::Error);
  EXPECT_THAT(size.examples, ElementsAre("ground_truth/scratch/000_mask.png: 17x17, its image is 16x16"));
  EXPECT_EQ(finding(diagnosis, "1 mask marking no pixel").severity, Severity::Warning);
  EXPECT_THAT(finding(diagnosis, "1 mask without an image").examples,
              ElementsAre("ground_truth/scratch/orphan_mask.png"));
  EXPECT_EQ(finding(diagnosis, "1 good image with a mask that marks a defect").severity, Severity::Warning);
  EXPECT_THAT(finding(diagnosis, "1 anomalous test image without a mask").examples, ElementsAre("test/dent/000.png"));
  EXPECT_EQ(diagnosis.findings.front().severity, Severity::Error);
}

TEST_F(Doctor, WarnsOfMixesFewNormalsAndBlankImages) {
  draw("good/1.png", 1);
  draw("good/2.png", 2, 1);
  draw("good/3.png", 3, 3, 20);
  draw("bad/1.png", 4, 3, 7);
  write_image(folder_ / "good/4.png", Tensor::zeros({16, 16, 3}, DType::U8));
  const Diagnosis diagnosis = diagnosed();
  EXPECT_THAT(finding(diagnosis, "grey and colour").what, HasSubstr("train has 3 RGB, 1 grey; test has 1 RGB"));
  EXPECT_EQ(finding(diagnosis, "3 sizes, from 7x7 to 20x20").severity, Severity::Note);
  EXPECT_EQ(finding(diagnosis, "only 4 good images to learn from").severity, Severity::Warning);
  EXPECT_THAT(finding(diagnosis, "of one colour").examples, ElementsAre("good/4.png"));
  EXPECT_THAT(finding(diagnosis, "smaller than 8x8").examples, ElementsAre("bad/1.png: 7x7"));
  EXPECT_EQ(finding(diagnosis, "no masks").severity, Severity::Note);
  EXPECT_EQ(finding(diagnosis, "no good test images").severity, Severity::Note);
}

TEST_F(Doctor, NotesThatNothingCanBeMeasuredWithoutTestImages) {
  for (int i = 0; i < 12; ++i) draw(fmt::format("{}.png", i), i);
  const Diagnosis diagnosis = diagnosed();
  ASSERT_EQ(diagnosis.findings.size(), 1u);
  EXPECT_EQ(diagnosis.findings[0].what, "no test images: nothing can be measured");
  EXPECT_THAT(text_from_diagnosis(read_dataset(folder_), diagnosis), EndsWith("verdict: usable\n"));
}

TEST_F(Doctor, ShowsFiveExamplesAndListsAllInJson) {
  draw_mvtec();
  for (int i = 0; i < 9; ++i) write(fmt::format("train/good/x{}.png", i), "x");
  for (int i = 0; i < 3; ++i) draw(fmt::format("train/hole/{}.png", i), 500 + i);
  const Dataset dataset = read_dataset(folder_);
  const Diagnosis diagnosis = diagnose(dataset, RunContext());
  EXPECT_EQ(finding(diagnosis, "9 images cannot be read").examples.size(), 9u);
  const std::string text = text_from_diagnosis(dataset, diagnosis);
  EXPECT_THAT(text, HasSubstr("and 4 more; --json lists all"));
  const nlohmann::json json = json_from_diagnosis(dataset, diagnosis);
  EXPECT_EQ(json["findings"][0]["examples"].size(), 9u);
  EXPECT_EQ(json["left_out"][0], (nlohmann::json{{"path", "train/hole"}, {"reason", "unknown_folder"}, {"files", 3}}));
}

TEST_F(Doctor, StopsOnRequestAndReportsProgressToTheEnd) {
  draw_mvtec();
  std::stop_source stop;
  std::int64_t done = 0;
  const RunContext context(stop.get_token(), [&](const ProgressEvent& event) { done = event.done; });
  diagnose(read_dataset(folder_), context);
  EXPECT_EQ(done, 16);
  stop.request_stop();
  EXPECT_THROW(diagnose(read_dataset(folder_), context), Error);
}

TEST_F(Doctor, TravelsToJson) {
  draw_mvtec();
  draw("test/good/007.png", 104);
  const nlohmann::json json = json_from_diagnosis(read_dataset(folder_), diagnosed());
  EXPECT_EQ(json["usable"], false);
  EXPECT_EQ(json["findings"][0]["severity"], "error");
  EXPECT_EQ(json["findings"][0]["examples"].size(), 1u);
}

using Statistics = TestFolder;

TEST_F(Statistics, CountsImagesRegionsAndAreas) {
  draw_mvtec();  // scratches of 3x2 and 3x3 pixels
  draw("test/scratch/002.png", 70);
  Tensor two = Tensor::zeros({16, 16}, DType::U8);
  two.data<std::uint8_t>()[0] = 255;
  two.data<std::uint8_t>()[100] = 255;
  write_image(folder_ / "ground_truth/scratch/002_mask.png", two);
  draw("test/dent/000.png", 71, 1, 20);
  const DatasetStatistics statistics = statistics_of(read_dataset(folder_), RunContext());
  EXPECT_EQ(statistics.train_images, 12);
  EXPECT_EQ(statistics.test_good, 2);
  EXPECT_EQ(statistics.test_anomalous, 4);
  EXPECT_THAT(statistics.sizes, ElementsAre("16x16 RGB 8-bit: 17", "20x20 grey 8-bit: 1"));
  ASSERT_EQ(statistics.defects.size(), 2u);
  EXPECT_EQ(statistics.defects[0].name, "dent");
  EXPECT_EQ(statistics.defects[0].with_mask, 0);
  const auto& scratch = statistics.defects[1];
  EXPECT_EQ(scratch.images, 3);
  EXPECT_EQ(scratch.with_mask, 3);
  EXPECT_EQ(scratch.regions, 4);
  EXPECT_EQ(scratch.smallest_region_area, 1);
  EXPECT_EQ(scratch.largest_region_area, 9);
  EXPECT_EQ(scratch.median_region_area, 3.5);  // of 1 1 6 9
  EXPECT_DOUBLE_EQ(scratch.median_area_share, 6.0 / 256);
  const std::string text = text_from_statistics(read_dataset(folder_), statistics);
  EXPECT_THAT(text, HasSubstr("scratch       3          3        4         1         4         9        2.344%"));
  EXPECT_EQ(json_from_statistics(statistics)["defects"][1]["regions"], 4);
}

TEST(SharedData, IsReadAsMvtec) {
  const char* shared = std::getenv("VIGIE_SHARED");
  const fs::path bottle = fs::path(shared == nullptr ? "" : shared) / "data/mvtec_ad/bottle";
  if (shared == nullptr || !fs::exists(bottle)) GTEST_SKIP() << "no shared images (VIGIE_SHARED)";
  const Dataset dataset = read_dataset(bottle);
  const DatasetStatistics statistics = statistics_of(dataset, RunContext());
  EXPECT_EQ(dataset.normals().size(), 209u);
  EXPECT_EQ(statistics.test_good, 20);
  EXPECT_EQ(statistics.test_anomalous, 63);
  ASSERT_EQ(statistics.defects.size(), 3u);
  for (const auto& defect : statistics.defects) EXPECT_EQ(defect.with_mask, defect.images);
}

}  // namespace
}  // namespace vigie

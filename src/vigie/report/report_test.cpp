#include "vigie/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <regex>

#include "vigie/io/file.h"
#include "vigie/report/benchmark_report.h"
#include "vigie/report/panels.h"
#include "vigie/report/report_view.h"

namespace vigie {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kHostile = "test/<script>alert(1)</script>\"onerror='x.png";

/// A file in the test's own folder, gone afterwards.
class ReportFile : public testing::Test {
 protected:
  ~ReportFile() override { std::filesystem::remove(path_); }
  std::string write(const ReportInput& input) {
    write_report(path_, input);
    return read_file(path_);
  }
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      fmt::format("vigie-report-{}.html", testing::UnitTest::GetInstance()->random_seed() + getpid());
};
using Report = ReportFile;
using BenchmarkReport = ReportFile;

/// Alternating good and defective images of 48 x 40; scores rise with the index.
std::vector<ImageEvidence> evidence(int count, bool maps) {
  std::vector<ImageEvidence> images;
  for (int i = 0; i < count; ++i) {
    ImageEvidence image{fmt::format("test/{:04}.png", i), i % 2 == 0 ? "good" : "dent", static_cast<float>(i), {}, {}};
    if (maps) image.map = Tensor::full({40, 48}, 0.1F);
    if (image.anomalous()) {
      image.mask = Tensor::zeros({40, 48}, DType::U8);
      image.mask.data<std::uint8_t>()[500] = 1;
      if (maps) image.map.data<float>()[500] = 1;
    }
    images.push_back(image);
  }
  return images;
}

ReportInput input_of(const std::vector<ImageEvidence>& images, Thresholds thresholds) {
  ReportInput input;
  input.title = "caps & <lids>";
  input.facts = {{"backbone", "resnet18"}, {"note", "<i>none</i>"}};
  input.evaluation = evaluate_evidence(images, thresholds);
  input.images = &images;
  input.load_image = [](std::size_t) {
    Tensor image({40, 48, 3}, DType::U8);
    std::fill_n(image.data<std::uint8_t>(), image.count(), std::uint8_t{128});
    return image;
  };
  return input;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

void expect_self_contained(const std::string& html) {
  const std::regex reference("(?:src|href)\\s*=\\s*[\"']?([^\"' >]{0,12})");
  for (std::sregex_iterator it(html.begin(), html.end(), reference), end; it != end; ++it) {
    const std::string target = (*it)[1];
    EXPECT_TRUE(target.starts_with("data:") || target.starts_with("#") || target.starts_with("runs/")) << target;
  }
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
}

TEST_F(Report, ShowsEveryImageAndEveryPart) {
  const auto images = evidence(12, true);
  const std::string html = write(input_of(images, {5.5, 0.5}));
  for (const ImageEvidence& image : images) EXPECT_THAT(html, HasSubstr(image.image));
  for (const char* id : {"numbers", "decision", "curves", "defects", "gallery", "facts", "scores"}) {
    EXPECT_THAT(html, HasSubstr(fmt::format("<section id=\"{}\"", id)));
  }
  EXPECT_THAT(html, HasSubstr("finds <b class=\"missed\">3 of 6</b> defective parts"));
  EXPECT_THAT(html, HasSubstr("rejects <b class=\"false-alarm\">3 of 6</b> good ones"));
  EXPECT_EQ(count_of(html, "<article class=\"card"), images.size());
  EXPECT_EQ(count_of(html, ">ground truth</figcaption>"), images.size());
  EXPECT_EQ(count_of(html, ">nothing marked<"), 6U);  // the good ones
  EXPECT_EQ(count_of(html, "@VIGIE_"), 0U);
  expect_self_contained(html);
}

TEST_F(Report, ShowsTheLossesOfATrainingAndWhichWeightsWereKept) {
  const auto images = evidence(4, true);
  ReportInput input = input_of(images, {1.5, 0.5});
  EXPECT_THAT(write(input), Not(HasSubstr("id=\"training\"")));
  input.losses = {{"train <b>", {{10, 3.0}, {20, 2.0}}}, {"validation", {{10, 2.5}, {20, 2.75}}}};
  input.best_step = 10;
  const std::string html = write(input);
  EXPECT_THAT(html, HasSubstr("<section id=\"training\""));
  EXPECT_THAT(html, HasSubstr("train &lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("the weights of step 10 were kept"));
  expect_self_contained(html);
}

TEST_F(Report, LeadsWithTheLargestMistake) {
  const auto images = evidence(12, false);  // 1, 3, 5 are missed; 6, 8, 10 false alarms; 5.5 is the threshold
  const std::string html = write(input_of(images, {5.5, kNan}));
  const auto at = [&](int i) { return html.find(fmt::format("<bdi>test/{:04}.png", i)); };
  const std::vector<int> order{1, 10, 3, 8, 5, 6, 4, 7, 2, 9, 0, 11};
  for (std::size_t k = 1; k < order.size(); ++k) EXPECT_LT(at(order[k - 1]), at(order[k])) << order[k];
}

TEST_F(Report, EscapesNamesFromOutside) {
  auto images = evidence(4, true);
  images[1].image = kHostile;
  images[3].defect = "<b>dent</b>";
  const std::string html = write(input_of(images, {1.5, 0.5}));
  EXPECT_EQ(count_of(html, "<script"), 1U);  // the report's own
  EXPECT_THAT(html, HasSubstr("test/&lt;script&gt;alert(1)&lt;/script&gt;&quot;onerror=&#39;x.png"));
  EXPECT_THAT(html, Not(HasSubstr("<b>dent")));
  EXPECT_THAT(html, Not(HasSubstr("<lids>")));
  EXPECT_THAT(html, Not(HasSubstr("<i>none")));
}

TEST_F(Report, DropsPixelPartsWithoutMaps) {
  const std::string html = write(input_of(evidence(8, false), {3.5, kNan}));
  for (const char* text : {"AUPRO", "IoU", "anomaly map", "pixel AUROC", "pixel threshold"}) {
    EXPECT_THAT(html, Not(HasSubstr(text))) << text;
  }
  EXPECT_EQ(count_of(html, "<article class=\"card"), 8U);
  expect_self_contained(html);
}

TEST_F(Report, SamplesALargeTestSetAndSaysSo) {
  const auto images = evidence(400, false);
  const std::string html = write(input_of(images, {199.5, kNan}));
  EXPECT_EQ(count_of(html, "<article class=\"card"), 150U);
  EXPECT_THAT(html, HasSubstr("150 of 400 images are shown"));
  for (const ImageEvidence& image : images) EXPECT_THAT(html, HasSubstr(image.image));  // in the list of scores
}

TEST_F(Report, StandsWithOneSideOnlyAndWithoutImages) {
  std::vector<ImageEvidence> good{{"a.png", "good", 1, Tensor::full({40, 48}, 0.2F), {}}};
  const std::string html = write(input_of(good, {2, 2}));
  EXPECT_THAT(html, HasSubstr("It rejects <b class=\"passed\">0 of 1</b> good ones"));
  EXPECT_THAT(html, HasSubstr("n/a"));
  const std::vector<ImageEvidence> none;
  EXPECT_THAT(write(input_of(none, {2, 2})), HasSubstr("No test image was given."));
}

TEST_F(Report, RefusesAnImageOfAnotherSizeThanItsMap) {
  const auto images = evidence(2, true);
  ReportInput input = input_of(images, {0.5, 0.5});
  input.load_image = [](std::size_t) { return Tensor::zeros({10, 10, 3}, DType::U8); };
  EXPECT_THROW(write(input), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST(ScoreBins, PutTheThresholdOnAnEdge) {
  const auto images = evidence(100, false);
  for (const double threshold : {0.0, 33.3, 50.0, 99.0, 140.0, -12.0}) {
    const ScoreBins bins(images, threshold, 30);
    std::size_t on_edge = 0;
    for (std::size_t i = 0; i <= bins.count(); ++i) on_edge += std::abs(bins.edge(i) - threshold) < 1e-9 ? 1 : 0;
    EXPECT_EQ(on_edge, 1U) << threshold;
    for (const ImageEvidence& image : images) {
      const std::size_t bin = bins.index_of(image.score);
      ASSERT_LT(bin, bins.count());
      EXPECT_EQ(image.score >= threshold, bins.edge(bin) > threshold - 1e-9) << image.score << " at " << threshold;
      EXPECT_NEAR(image.score, (bins.edge(bin) + bins.edge(bin + 1)) / 2, (bins.edge(1) - bins.edge(0)) * 0.5001);
    }
  }
}

TEST(ScoreBins, HoldEqualScores) {
  const std::vector<ImageEvidence> images{{"a", "good", 2, {}, {}}, {"b", "dent", 2, {}, {}}};
  const ScoreBins bins(images, 2, 30);
  EXPECT_LT(bins.index_of(2), bins.count());
}

TEST(HeatScale, RunsFromTheUsualNormalPixelToBeyondTheThreshold) {
  const HeatRange scale = heat_scale(evidence(6, true), 0.5);
  EXPECT_FLOAT_EQ(scale.low, 0.1F);
  EXPECT_FLOAT_EQ(scale.high, 0.9F);  // as far beyond the threshold as the usual pixel lies below it
}

TEST(Panels, KeepADefectOfOnePixelInALargeImage) {
  ImageEvidence image{"a", "dent", 1, Tensor::full({900, 700}, 0), Tensor::zeros({900, 700}, DType::U8)};
  const Panels blank = render_panels(image, Tensor::zeros({900, 700, 3}, DType::U8), {0, 1}, 0.5, false);
  EXPECT_TRUE(blank.predicted.empty());
  EXPECT_TRUE(blank.truth.empty());
  image.mask.data<std::uint8_t>()[899 * 700 + 699] = 1;
  image.map.data<float>()[333] = 1;
  const Panels panels = render_panels(image, Tensor::zeros({900, 700, 3}, DType::U8), {0, 1}, 0.5, true);
  for (const std::string& uri : {panels.image, panels.heat, panels.predicted, panels.truth}) {
    EXPECT_TRUE(uri.starts_with("data:image/jpeg;base64,/9j/")) << uri.substr(0, 40);
  }
}

TEST_F(BenchmarkReport, ListsRunsMeansAndLinks) {
  std::vector<RunRecord> runs;
  for (const char* category : {"bottle", "<screw>"}) {
    for (const char* detector : {"patchcore", "knn"}) {
      RunRecord run;
      run.detector = detector;
      run.backbone = "resnet18";
      run.category = category;
      run.evaluation.image_auroc = detector[0] == 'p' ? 0.99 : 0.85;
      run.evaluation.pixel_auroc = run.evaluation.aupro = detector[0] == 'p' ? 0.98 : kNan;
      run.predict_ms = detector[0] == 'p' ? 20 : 5;
      runs.push_back(run);
    }
  }
  write_benchmark_report(path_, runs, {"runs/a b.html", "runs/2.html", "runs/3.html", ""});
  const std::string html = read_file(path_);
  EXPECT_THAT(html, HasSubstr("href=\"runs/a%20b.html\""));
  EXPECT_THAT(html, HasSubstr("patchcore · resnet18</b> separates good from defective best"));
  EXPECT_THAT(html, HasSubstr("0.990 <small>± 0.000</small>"));
  EXPECT_THAT(html, HasSubstr("&lt;screw&gt;"));
  EXPECT_EQ(count_of(html, "<script"), 1U);
  EXPECT_THAT(html, HasSubstr("n/a"));
  expect_self_contained(html);
  EXPECT_THROW(write_benchmark_report(path_, runs, {"one"}), Error);
  write_benchmark_report(path_, {}, {});
  EXPECT_THAT(read_file(path_), HasSubstr("Nothing has been run."));
}

}  // namespace
}  // namespace vigie

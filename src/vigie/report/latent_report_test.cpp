#include "vigie/report/latent_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <regex>

#include "vigie/io/file.h"

namespace vigie {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kHostile = "test/</script><b>x'\"";

LatentSpace space(const std::string& layer, double auroc) {
  LatentSpace out;
  out.model = "m";
  out.layer = layer;
  out.dims = 4;
  out.gaussian_auroc = auroc;
  out.knn_auroc = auroc - 0.01;
  out.two_nn = 2.25;
  out.levina_bickel = 3.5;
  out.variance_shares = {0.5, 0.25, 0.15, 0.1};
  out.retained = {{1, 0.6, 0.7}, {2, 0.7, 0.8}, {4, auroc, auroc}};
  out.outside_auroc = kNan;
  out.overlap = {10, 0.25, 0.75, 0.5, 0.4};
  out.corruptions = {{"gaussian_blur", 0.5, auroc - 0.1}, {"jpeg", 1.5, auroc - 0.2}};
  out.map = Tensor::from({3, 3}, std::vector<float>{0, 0, 0, 1, 2, 3, -1, 5, 0});
  return out;
}

LatentStudy study() {
  LatentStudy out;
  out.dataset = "bolts";
  out.normals = 20;
  out.test_good = 4;
  out.test_defective = 6;
  out.points = {{"train/good/0.png", "good", true}, {"test/good/1.png", "good", false}, {kHostile, "<dent>", false}};
  out.spaces = {space("layer1", 0.9), space("layer2", 0.95)};
  out.facts = {{"Data set", "/parts/bolts"}};
  return out;
}

std::string report_of(const LatentStudy& given) {
  const auto path = std::filesystem::temp_directory_path() /
                    fmt::format("vigie-latent-{}.html", testing::UnitTest::GetInstance()->random_seed() + getpid());
  write_latent_report(path, given, [](std::size_t) { return Tensor::zeros({20, 300, 3}, DType::U8); });
  const std::string page = read_file(path);
  std::filesystem::remove(path);
  return page;
}

std::size_t count_of(const std::string& page, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) ++count;
  return count;
}

TEST(LatentStudy, CountsTheComponentsThatHoldAShare) {
  const LatentSpace some = space("x", 0.9);
  EXPECT_EQ(some.components_for(0.5), 1);
  EXPECT_EQ(some.components_for(0.75), 2);
  EXPECT_EQ(some.components_for(0.76), 3);
  EXPECT_EQ(some.components_for(1), 4);
  EXPECT_DOUBLE_EQ(some.mean_displacement(), 1);
}

TEST(LatentStudy, WritesEveryNumberAsJsonAndTheUndefinedAsNull) {
  const nlohmann::json numbers = json_from_latent_study(study());
  EXPECT_EQ(numbers.at("test_defective"), 6);
  const nlohmann::json& first = numbers.at("spaces").at(0);
  EXPECT_EQ(first.at("layer"), "layer1");
  EXPECT_EQ(first.at("gaussian_auroc"), 0.9);
  EXPECT_EQ(first.at("components_90"), 3);
  EXPECT_EQ(first.at("retained").at(1).at("components"), 2);
  EXPECT_TRUE(first.at("outside_auroc").is_null());
  EXPECT_EQ(first.at("corruptions").at(1).at("displacement"), 1.5);
  EXPECT_THAT(table_from_latent_study(study()), HasSubstr("m/layer2"));
}

TEST(LatentReport, NamesTheBestSpaceAndHoldsEveryPart) {
  const std::string page = report_of(study());
  EXPECT_THAT(page, HasSubstr("<b class=\"found\">m/layer2</b> tells good from defective best: AUROC 0.950"));
  for (const char* part : {"id=\"numbers\"", "id=\"map\"", "id=\"components\"", "id=\"corruptions\"", "id=\"facts\""})
    EXPECT_EQ(count_of(page, part), 1U) << part;
}

TEST(LatentReport, AsksForNothingFromOutside) {
  const std::string page = report_of(study());
  EXPECT_FALSE(std::regex_search(page, std::regex("(src|href)=\"(http|//|file)")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(LatentReport, HostileNamesStayText) {
  const std::string page = report_of(study());
  EXPECT_EQ(count_of(page, "</script>"), 3U);  // the data, the map's script, the reports' script
  EXPECT_THAT(page, Not(HasSubstr("<b>x")));
  EXPECT_THAT(page, Not(HasSubstr("<dent>")));
}

TEST(LatentReport, WithoutDefectsSaysSo) {
  LatentStudy given = study();
  given.points.pop_back();
  for (LatentSpace& some : given.spaces) {
    some.gaussian_auroc = some.knn_auroc = some.overlap.defects = some.overlap.defects_chance = kNan;
    for (RetainedComponents& at : some.retained) at.largest = at.smallest = kNan;
    for (CorruptionEffect& effect : some.corruptions) effect.gaussian_auroc = kNan;
    some.map = Tensor::zeros({2, 3});
  }
  const std::string page = report_of(given);
  EXPECT_THAT(page, HasSubstr("do not hold both good and defective parts"));
  EXPECT_THAT(page, Not(HasSubstr(">nan")));
}

}  // namespace
}  // namespace vigie

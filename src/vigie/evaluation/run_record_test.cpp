#include "vigie/evaluation/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "vigie/evaluation/run_summary.h"

namespace vigie {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

RunRecord run_of(const std::string& detector, const std::string& category, std::uint64_t seed, double auroc) {
  RunRecord run;
  run.detector = detector;
  run.backbone = "resnet18";
  run.category = category;
  run.protocol = "paper";
  run.seed = seed;
  run.evaluation.image_auroc = auroc;
  run.evaluation.pixel_auroc = kNan;
  run.evaluation.thresholds = {2.5, kNan};
  run.evaluation.at_threshold = {9, 1, 19, 1};
  run.evaluation.defect_types.push_back({"dent", 10, 0.5, kNan, 1, 0.25});
  run.fit_seconds = 1.25;
  run.predict_ms = 12;
  run.model_bytes = 3'400'000;
  return run;
}

/// A reader of RFC 4180 text, for the tests.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      rows.back().emplace_back();
    } else if (c == '\n' && !quoted) {
      rows.push_back({""});
    } else {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

TEST(RunRecord, GoesToJsonAndBack) {
  RunRecord run = run_of("patchcore", "bottle", 18446744073709551615U, 0.987654321);
  run.options = {{"coreset_ratio", 0.1}, {"layers", {"layer2", "layer3"}}};
  const nlohmann::json object = json_from_run(run);
  EXPECT_EQ(object["threshold"], 2.5);
  EXPECT_DOUBLE_EQ(object["f1_at_threshold"].get<double>(), 0.9);
  EXPECT_TRUE(object["pixel_auroc"].is_null());
  const RunRecord read = run_from_json(nlohmann::json::parse(object.dump()));
  EXPECT_EQ(json_from_run(read), object);
  EXPECT_EQ(read.seed, run.seed);
  EXPECT_EQ(read.evaluation.image_auroc, run.evaluation.image_auroc);
}

TEST(RunRecord, RefusesWhatIsNotARun) {
  nlohmann::json object = json_from_run(run_of("padim", "screw", 0, 1));
  EXPECT_THROW(run_from_json(nlohmann::json::array()), Error);
  nlohmann::json negative = object, nameless = object;
  negative["seed"] = -1;
  nameless.erase("detector");
  EXPECT_THROW(run_from_json(negative), Error);
  EXPECT_THROW(run_from_json(nameless), Error);
  object["seed"] = 3;  // built in memory, not parsed: a signed number
  EXPECT_EQ(run_from_json(object).seed, 3U);
}

TEST(RunCsv, HasOneFullLineARunWhateverIsInTheTexts) {
  RunRecord run = run_of("knn", "cap, \"blue\"\nline", 3, 0.75);
  run.options = {{"name", "a,\"b\""}};
  const auto rows = parse_csv(csv_from_runs({run, run_of("padim", "screw", 1, 0.5)}));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].size(), rows[0].size());
  EXPECT_EQ(rows[2].size(), rows[0].size());
  EXPECT_EQ(rows[0][0], "detector");
  EXPECT_EQ(rows[1][3], "cap, \"blue\"\nline");
  EXPECT_EQ(nlohmann::json::parse(rows[1][2]), run.options);
  EXPECT_EQ(rows[1][7], "0.75");
  EXPECT_EQ(rows[1][10], "");  // undefined
}

TEST(RunCsv, HasEveryKeyOfTheJsonOnce) {
  const RunRecord run = run_of("knn", "bottle", 0, 1);
  auto header = parse_csv(csv_from_runs({run}))[0];
  const std::vector<std::string> contract{
      "detector",     "backbone",    "options",          "category",     "protocol",        "precision",
      "seed",         "image_auroc", "image_ap",         "image_f1_max", "pixel_auroc",     "pixel_ap",
      "pixel_f1_max", "aupro",       "aupro_anomalous",  "threshold",    "f1_at_threshold", "fit_seconds",
      "predict_ms",   "model_bytes", "peak_memory_bytes"};
  EXPECT_EQ(std::vector<std::string>(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(contract.size())),
            contract);
  std::vector<std::string> keys;
  const nlohmann::json object = json_from_run(run);
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  EXPECT_THAT(header, testing::UnorderedElementsAreArray(keys));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(RunTable, AlignsNumbersUnderTheirHeads) {
  const auto lines =
      lines_of(table_from_runs({run_of("patchcore", "bottle", 0, 0.5), run_of("knn", "a longer name", 10, 1)}));
  ASSERT_EQ(lines.size(), 4U);  // head, rule, two runs; no means of single runs
  for (const char* title : {"seed", "image AUROC", "F1 at threshold", "best F1", "model MB"}) {
    const std::size_t end = lines[0].find(title) + std::string(title).size();
    for (const std::size_t i : {2U, 3U}) {
      ASSERT_GE(lines[i].size(), end);
      EXPECT_NE(lines[i][end - 1], ' ') << title << " in: " << lines[i];
      EXPECT_TRUE(end == lines[i].size() || lines[i][end] == ' ') << title << " in: " << lines[i];
    }
  }
  EXPECT_THAT(lines[2], HasSubstr("n/a"));
}

TEST(RunTable, EndsWithMeansOfMethodsRunMoreThanOnce) {
  const std::string table = table_from_runs(
      {run_of("patchcore", "bottle", 0, 0.9), run_of("patchcore", "bottle", 1, 0.8), run_of("knn", "bottle", 0, 0.7)});
  const auto lines = lines_of(table);
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_THAT(lines[6], HasSubstr("mean of 2"));
  EXPECT_THAT(lines[6], HasSubstr("0.850 ± 0.071"));
  EXPECT_THAT(table, Not(HasSubstr("variant")));
}

TEST(RunTable, KeepsRunsWithDifferentOptionsApart) {
  RunRecord small = run_of("patchcore", "bottle", 0, 0.9), large = small;
  small.options = {{"coreset_ratio", 0.01}, {"neighbours", 1}};
  large.options = {{"coreset_ratio", 0.1}, {"neighbours", 1}};
  const std::vector<RunRecord> runs{small, large};
  EXPECT_EQ(group_runs(runs).size(), 2U);
  const std::string table = table_from_runs(runs);
  EXPECT_THAT(table, HasSubstr("coreset_ratio=0.01"));
  EXPECT_THAT(table, Not(HasSubstr("neighbours")));
  EXPECT_THAT(table, Not(HasSubstr("mean of")));
}

TEST(RunTable, StandsWithoutRuns) {
  EXPECT_EQ(lines_of(table_from_runs({})).size(), 1U);
}

}  // namespace
}  // namespace vigie

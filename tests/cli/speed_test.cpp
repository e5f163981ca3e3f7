// Number formats, streams and the bench through the real command, also on a processor that lacks the instructions
// (which oneDNN's own switch, DNNL_MAX_CPU_ISA, makes of this one).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command_run.h"
#include "vigie/core/precision.h"
#include "vigie/io/file.h"

namespace vigie::cli_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const std::vector<std::string> kOldProcessor = {"DNNL_MAX_CPU_ISA=AVX2"};

std::vector<std::string> fit_command(const fs::path& out, const std::string& precision) {
  return {"fit",     demo_part().string(), "-o", out.string(),  "-b",
          "filters", "--image-size",       "64", "--precision", precision};
}

// The verdicts without the times.
std::vector<json> verdicts(const Outcome& predicted) {
  std::vector<json> lines;
  std::istringstream stream(predicted.out);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(json::parse(line));
    lines.back().erase("ms");
  }
  return lines;
}

TEST(Precisions, AFormatTheProcessorLacksIsRefusedAndAutoFallsBack) {
  const fs::path folder = fresh_folder("lacks");
  const Outcome refused = run_vigie(fit_command(folder / "m.vigie", "int8"), "", kOldProcessor);
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("this processor lacks AVX512-VNNI; use f32 or auto"));
  EXPECT_TRUE(files_below(folder).empty());
  const Outcome chosen = run_vigie(fit_command(folder / "m.vigie", "auto"), "", kOldProcessor);
  ASSERT_EQ(chosen.code, 0) << chosen.err;
  EXPECT_THAT(chosen.err, HasSubstr("precision: f32 (no faster one"));
}

TEST(Precisions, AnInt8ModelRunsOnAnOlderProcessorAndSaysSo) {
  if (!runs_here(Precision::Int8)) GTEST_SKIP() << "this processor lacks " << instructions_of(Precision::Int8);
  const fs::path model = fresh_folder("moved") / "m.vigie";
  ASSERT_EQ(run_vigie(fit_command(model, "int8")).code, 0);
  const std::vector<std::string> predict = {"predict", model.string(), (demo_part() / "test").string()};
  const Outcome here = run_vigie(predict), there = run_vigie(predict, "", kOldProcessor);
  EXPECT_THAT(there.err, HasSubstr("lacks AVX512-VNNI: the int8 model runs in f32"));
  const auto a = verdicts(here), b = verdicts(there);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(a[i].at("score").get<double>(), b[i].at("score").get<double>(), 0.1 * a[i].at("score").get<double>());
}

TEST(Precisions, UnknownOnesAreRefused) {
  const Outcome outcome = run_vigie(fit_command(fresh_folder("fp16") / "m.vigie", "fp16"));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("fp16"));
}

TEST(Precisions, CalibratingOnAnOlderProcessorSettlesForItsFormat) {
  if (!runs_here(Precision::Int8)) GTEST_SKIP() << "this processor lacks " << instructions_of(Precision::Int8);
  const fs::path model = fresh_folder("recalibrated") / "m.vigie";
  ASSERT_EQ(run_vigie(fit_command(model, "int8")).code, 0);
  const Outcome calibrated =
      run_vigie({"calibrate", model.string(), (demo_part() / "test" / "good").string()}, "", kOldProcessor);
  ASSERT_EQ(calibrated.code, 0) << calibrated.err;
  EXPECT_THAT(calibrated.err, HasSubstr("from now on the model runs in f32 everywhere"));
  EXPECT_EQ(json::parse(run_vigie({"info", model.string(), "--json"}).out).at("stages").at(0).at("precision"), "f32");
}

TEST(Streams, ABadLineDoesNotEndALiveRun) {
  const fs::path empty = fresh_folder("empty");
  const std::string good = (demo_part() / "test" / files_below(demo_part() / "test").front()).string();
  const Outcome predicted =
      run_vigie({"predict", demo_model().string(), "-"}, empty.string() + "\n/nowhere.png\n" + good + "\n");
  EXPECT_EQ(predicted.code, 10);
  const auto lines = verdicts(predicted);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(lines[0].contains("error") && lines[1].contains("error"));
  EXPECT_TRUE(lines[2].contains("score"));
}

TEST(Streams, ChangeNoVerdictAndNoOrder) {
  const auto predict = [](const char* streams) {
    return run_vigie(
        {"predict", demo_model().string(), (demo_part() / "test").string(), "/nowhere.png", "--streams", streams});
  };
  const auto one = verdicts(predict("1"));
  ASSERT_GT(one.size(), 3u);
  EXPECT_EQ(verdicts(predict("3")), one);
  EXPECT_TRUE(one.back().contains("error"));
}

TEST(Bench, TimesAModelStageByStage) {
  const fs::path out = fresh_folder("bench") / "b.json";
  const Outcome bench = run_vigie(
      {"bench", demo_model().string(), (demo_part() / "test").string(), "--repeats", "5", "--json", out.string()});
  ASSERT_EQ(bench.code, 0) << bench.err;
  EXPECT_THAT(bench.out, HasSubstr("% of the time from file to verdict"));
  const json profile = json::parse(read_file(out)).at(0);
  for (const char* stage : {"decode", "resize", "backbone", "detector", "map", "decision"})
    EXPECT_GT(profile.at("stages_ms").at(stage).get<double>(), 0) << stage;
  EXPECT_GT(profile.at("limit_flop_per_second").get<double>(), 1e9);
}

TEST(Bench, FitsAndTimesCombinations) {
  const fs::path out = fresh_folder("bench_all") / "b.json";
  const Outcome bench =
      run_vigie({"bench", "--data", demo_part().string(), "--detectors", "padim,knn", "--backbones", "filters",
                 "--precisions", "f32,auto", "--image-sizes", "64", "--repeats", "5", "--json", out.string()});
  ASSERT_EQ(bench.code, 0) << bench.err;
  EXPECT_EQ(json::parse(read_file(out)).size(), 4u);
}

TEST(Bench, TimesANetworkWithoutItsWeightsOnlyWhenTold) {
  std::vector<std::string> command = {"bench",     "--data", demo_part().string(), "--backbones", "resnet18",
                                      "--repeats", "5",      "--image-sizes",      "64"};
  EXPECT_EQ(run_vigie(command, "", {"VIGIE_WEIGHTS=/nowhere", "XDG_CACHE_HOME=/nowhere"}).code, 3);
  command.push_back("--random-weights");
  const Outcome bench = run_vigie(command, "", {"VIGIE_WEIGHTS=/nowhere", "XDG_CACHE_HOME=/nowhere"});
  EXPECT_EQ(bench.code, 0) << bench.err;
  EXPECT_THAT(bench.err, HasSubstr("random weights: the times are real, the verdicts are not"));
}

TEST(Bench, SaysWhatIsMissing) {
  const Outcome no_images = run_vigie({"bench", demo_model().string()});
  EXPECT_EQ(no_images.code, 2);
  EXPECT_THAT(no_images.err, HasSubstr("name images or a folder"));
  EXPECT_EQ(run_vigie({"bench", "/nowhere.vigie", "/nowhere.png"}).code, 3);
}

}  // namespace
}  // namespace vigie::cli_test

// The main job through the real command: fit, predict, evaluate, benchmark, calibrate.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command_run.h"
#include "vigie/io/file.h"

namespace vigie::cli_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

std::vector<json> json_lines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

TEST(MainJob, TheSameCommandTwiceGivesTheSameModelToTheByte) {
  const fs::path folder = fresh_folder("twice");
  for (const char* detector : {"patchcore", "padim", "subspace"}) {
    for (const char* name : {"a.vigie", "b.vigie"}) {
      const Outcome fitted = run_vigie({"fit", demo_part().string(), "-o", (folder / name).string(), "-d", detector,
                                        "-b", "filters", "--image-size", "64"});
      ASSERT_EQ(fitted.code, 0) << fitted.err;
    }
    EXPECT_EQ(read_file(folder / "a.vigie"), read_file(folder / "b.vigie")) << detector;
  }
}

TEST(MainJob, FitSaysHowManyLabelledDefectsItLeavesOut) {
  const fs::path folder = fresh_folder("labelled");
  fs::create_directories(folder / "in");
  fs::copy(demo_part() / "train", folder / "in/train", fs::copy_options::recursive);
  fs::create_directories(folder / "in/train/ng");
  for (const auto& kind : fs::directory_iterator(demo_part() / "test"))
    if (kind.path().filename() != "good")
      fs::copy(kind.path(), folder / "in/train/ng" / kind.path().filename(), fs::copy_options::recursive);
  const std::size_t defects = files_below(folder / "in/train/ng").size();
  const Outcome fitted = run_vigie({"fit", (folder / "in").string(), "-o", (folder / "m.vigie").string(), "-d",
                                    "gaussian", "-b", "filters", "--image-size", "64"});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  EXPECT_THAT(fitted.err, HasSubstr(fmt::format("{} labelled defects in the training set are not learnt from: gaussian "
                                                "learns from good parts",
                                                defects)));
  const Outcome leaked = run_vigie({"evaluate", (folder / "m.vigie").string(), demo_part().string()});
  EXPECT_THAT(leaked.err, HasSubstr(fmt::format("{} of ", defects)));
  EXPECT_THAT(leaked.err, HasSubstr("were given to fit or calibrate"));
}

TEST(MainJob, PredictJudgesAFolderAndWritesOverlays) {
  const fs::path overlays = fresh_folder("overlays");
  const Outcome predicted =
      run_vigie({"predict", demo_model().string(), (demo_part() / "test").string(), "--images", overlays.string()});
  ASSERT_EQ(predicted.code, 0) << predicted.err;
  const auto lines = json_lines(predicted.out);
  ASSERT_EQ(lines.size(), files_below(demo_part() / "test").size());
  EXPECT_EQ(files_below(overlays).size(), 2 * lines.size());
  for (const json& line : lines) {
    EXPECT_EQ(line.at("anomalous").get<bool>(), line.at("score").get<double>() >= line.at("threshold").get<double>());
    EXPECT_EQ(line.at("confidence").get<double>() >= 0.5, line.at("anomalous").get<bool>());
  }
}

TEST(MainJob, PredictTakesAListFromStandardInput) {
  const std::string first = (demo_part() / "test" / files_below(demo_part() / "test").front()).string();
  const Outcome predicted = run_vigie({"predict", demo_model().string(), "-"}, first + "\n" + first + "\n");
  ASSERT_EQ(predicted.code, 0) << predicted.err;
  const auto lines = json_lines(predicted.out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].at("score"), lines[1].at("score"));
}

TEST(MainJob, PredictSaysWhatItDoesNotInspectAndFollowsLinks) {
  const fs::path folder = fresh_folder("skips");
  const fs::path part = demo_part() / "test" / files_below(demo_part() / "test").front();
  fs::create_directories(folder / "in/cam1");
  fs::create_directories(folder / "elsewhere");
  fs::copy_file(part, folder / "in/cam1/000.png");
  fs::copy_file(part, folder / "elsewhere/001.png");
  fs::create_directory_symlink(folder / "elsewhere", folder / "in/cam2");
  write_file(folder / "in/cam1/._000.png", "resource fork");
  write_file(folder / "in/__MACOSX/._000.png", "resource fork");
  write_file(folder / "in/notes.txt", "x");
  const Outcome clean = run_vigie({"predict", demo_model().string(), (folder / "in").string()});
  EXPECT_EQ(clean.code, 0) << clean.err;
  EXPECT_EQ(json_lines(clean.out).size(), 2u);
  EXPECT_THAT(clean.err, HasSubstr("2 hidden or system files are left out"));
  EXPECT_THAT(clean.err, HasSubstr("1 file that is not named as an image is left out: 1 .txt"));
  write_file(folder / "in/002.webp", "RIFF    WEBP");
  const Outcome webp = run_vigie({"predict", demo_model().string(), (folder / "in").string()});
  EXPECT_EQ(webp.code, 10) << webp.err;
  const auto lines = json_lines(webp.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0].at("error").get<std::string>(), HasSubstr("002.webp"));
}

TEST(MainJob, EvaluateMeasuresTheGoodPartsOfAPlainFolderThatItHasNotSeen) {
  const fs::path folder = fresh_folder("plain");
  fs::create_directories(folder / "in");
  fs::copy(demo_part() / "test" / "good", folder / "in/OK");
  fs::copy(demo_part() / "train" / "good", folder / "in/OK/more");
  fs::create_directories(folder / "in/NG");
  for (const auto& kind : fs::directory_iterator(demo_part() / "test"))
    if (kind.path().filename() != "good") fs::copy(kind.path(), folder / "in/NG" / kind.path().filename());
  const Outcome outcome =
      run_vigie({"evaluate", demo_model().string(), (folder / "in").string(), "--json", (folder / "n.json").string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("good images were given to fit or calibrate and are left out of the test"));
  const json numbers = json::parse(read_file(folder / "n.json"));
  EXPECT_EQ(numbers.at("good_images"), files_below(demo_part() / "test" / "good").size());
  EXPECT_TRUE(numbers.at("image_auroc").is_number());
}

TEST(MainJob, EvaluateWritesNumbersAndAReportAndRecordsThem) {
  const fs::path folder = fresh_folder("evaluate");
  fs::copy_file(demo_model(), folder / "m.vigie");
  const Outcome evaluated =
      run_vigie({"evaluate", (folder / "m.vigie").string(), demo_part().string(), "--report",
                 (folder / "r.html").string(), "--json", (folder / "n.json").string(), "--record"});
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  const json numbers = json::parse(read_file(folder / "n.json"));
  EXPECT_EQ(numbers.at("at_threshold").at("true_positives").get<int>() +
                numbers.at("at_threshold").at("false_negatives").get<int>(),
            10);
  EXPECT_GE(numbers.at("pixel_auroc").get<double>(), 0.5);
  EXPECT_THAT(read_file(folder / "r.html"), HasSubstr("</html>"));
  const Outcome info = run_vigie({"info", (folder / "m.vigie").string(), "--json"});
  EXPECT_EQ(json::parse(info.out).at("provenance").at("metrics").at("numbers").at("image_auroc"),
            numbers.at("image_auroc"));
}

TEST(MainJob, BenchmarkKeepsTheContractAndResumes) {
  const fs::path out = fresh_folder("benchmark");
  const std::vector<std::string> command = {
      "benchmark", "--data", demo_part().string(), "--detectors", "padim,knn", "--backbones",      "filters",
      "--seeds",   "0,1",    "--image-size",       "64",          "--set",     "knn.neighbours=3", "--out",
      out.string()};
  const Outcome first = run_vigie(command);
  ASSERT_EQ(first.code, 0) << first.err;
  const json results = json::parse(read_file(out / "results.json"));
  ASSERT_EQ(results.size(), 4u);
  for (const json& run : results)
    for (const char* key :
         {"detector",     "backbone",    "options",          "category",     "protocol",        "precision",
          "seed",         "image_auroc", "image_ap",         "image_f1_max", "pixel_auroc",     "pixel_ap",
          "pixel_f1_max", "aupro",       "aupro_anomalous",  "threshold",    "f1_at_threshold", "fit_seconds",
          "predict_ms",   "model_bytes", "peak_memory_bytes"})
      EXPECT_TRUE(run.contains(key)) << key;
  EXPECT_EQ(results[2].at("options").at("neighbours"), 3);
  EXPECT_TRUE(results[2].at("pixel_auroc").is_null());
  const Outcome second = run_vigie(command);
  EXPECT_THAT(second.err, HasSubstr("[4/4]"));
  EXPECT_THAT(second.err, HasSubstr("(from an earlier run)"));
  EXPECT_EQ(json::parse(read_file(out / "results.json")), results);
}

TEST(MainJob, LatentComparesModelsAndWritesNumbersAndAReport) {
  const fs::path folder = fresh_folder("latent");
  const Outcome fitted = run_vigie({"fit", demo_part().string(), "-o", (folder / "g.vigie").string(), "-d", "gaussian",
                                    "-b", "filters", "--image-size", "96"});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  const Outcome compared =
      run_vigie({"latent", demo_model().string(), (folder / "g.vigie").string(), "--data", demo_part().string(),
                 "--report", (folder / "r.html").string(), "--json", (folder / "n.json").string()});
  ASSERT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(compared.err, HasSubstr("prepare images differently"));
  EXPECT_THAT(compared.out, HasSubstr("g/layer1"));
  const json numbers = json::parse(read_file(folder / "n.json"));
  EXPECT_EQ(numbers.at("test_defective"), 10);
  ASSERT_EQ(numbers.at("spaces").size(), 6U);  // patchcore's two layers, gaussian's four
  for (const json& space : numbers.at("spaces")) {
    EXPECT_GT(space.at("two_nn_dimension").get<double>(), 0);
    EXPECT_EQ(space.at("corruptions").size(), 5U);
  }
  EXPECT_THAT(read_file(folder / "r.html"), HasSubstr("id=\"map-data\""));
}

// The only stage of a model, as `info --json` tells it.
json stage_of(const fs::path& model) {
  const json stages = json::parse(run_vigie({"info", model.string(), "--json"}).out).at("stages");
  EXPECT_EQ(stages.size(), 1u);
  return stages.at(0);
}

TEST(MainJob, ACascadeJudgesByEachOfItsModelsInTurn) {
  const fs::path folder = fresh_folder("cascade");
  const std::string strict = (folder / "strict.vigie").string(), both = (folder / "both.vigie").string();
  fs::copy_file(demo_model(), strict);
  ASSERT_EQ(run_vigie({"calibrate", strict, "--threshold", "-1e9"}).code, 0);
  const Outcome made = run_vigie({"cascade", demo_model().string(), strict, "-o", both});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string good = (demo_part() / "test" / "good" / "000.png").string();
  const Outcome predicted = run_vigie({"predict", both, good});
  ASSERT_EQ(predicted.code, 0) << predicted.err;
  const json line = json::parse(predicted.out);
  EXPECT_TRUE(line.at("anomalous").get<bool>());
  EXPECT_EQ(line.at("threshold"), -1e9);
  EXPECT_THAT(line.at("decided_by").get<std::string>(), testing::EndsWith("-2"));
  EXPECT_THAT(run_vigie({"info", both}).out, HasSubstr("stage 2"));
  const Outcome refused = run_vigie({"predict", both, good, "--threshold", "1"});
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("this one has 2"));
  EXPECT_EQ(run_vigie({"cascade", strict, "-o", strict}).code, 2);
}

TEST(MainJob, CalibrateChangesOnlyTheThresholds) {
  const fs::path folder = fresh_folder("calibrate");
  const Outcome calibrated = run_vigie({"calibrate", demo_model().string(), (demo_part() / "test" / "good").string(),
                                        "-o", (folder / "c.vigie").string(), "--max-fpr", "0.2"});
  ASSERT_EQ(calibrated.code, 0) << calibrated.err;
  const json before = stage_of(demo_model()), after = stage_of(folder / "c.vigie");
  EXPECT_NE(before.at("calibration"), after.at("calibration"));
  EXPECT_EQ(before.at("graph"), after.at("graph"));
  EXPECT_EQ(after.at("previous_calibration"), before.at("calibration"));
}

TEST(MainJob, CalibrateGoesToAnotherRateAndBackWithoutNewParts) {
  const fs::path model = fresh_folder("recalibrate") / "m.vigie";
  fs::copy_file(demo_model(), model);
  const auto calibration = [&] { return stage_of(model).at("calibration"); };
  const json before = calibration();
  const Outcome looser = run_vigie({"calibrate", model.string(), "--max-fpr", "0.3"});
  ASSERT_EQ(looser.code, 0) << looser.err;
  EXPECT_THAT(looser.out, HasSubstr("with 95 % confidence at most"));
  EXPECT_LT(calibration().at("image_threshold").get<double>(), before.at("image_threshold").get<double>());
  const Outcome from_defects =
      run_vigie({"calibrate", model.string(), "--defects", (demo_part() / "test" / "dent").string()});
  EXPECT_NE(from_defects.code, 70) << from_defects.err;
  ASSERT_EQ(run_vigie({"calibrate", model.string(), "--threshold", "7.5"}).code, 0);
  EXPECT_EQ(calibration().at("image_threshold"), 7.5);
  ASSERT_EQ(run_vigie({"calibrate", model.string(), "--undo"}).code, 0);
  EXPECT_NE(calibration().at("image_threshold"), 7.5);
  EXPECT_EQ(run_vigie({"calibrate", model.string()}).code, 2);
  EXPECT_EQ(run_vigie({"calibrate", model.string(), "--defects", "no such folder"}).code, 3);
}

TEST(MainJob, FitSaysWhatTheThresholdKnowsAndFinds) {
  const fs::path folder = fresh_folder("statement");
  const Outcome fitted = run_vigie({"fit", demo_part().string(), "-o", (folder / "m.vigie").string(), "-d", "gaussian",
                                    "-b", "filters", "--image-size", "64"});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  EXPECT_THAT(fitted.out, HasSubstr("good parts"));
  EXPECT_THAT(fitted.out, HasSubstr("with 95 % confidence at most"));
  EXPECT_THAT(fitted.out + fitted.err, testing::ContainsRegex("[Ss](ynthetic|YNTHETIC) (defects|DEFECTS)"));
}

TEST(MainJob, OptionsComeFromAJsonFileAndFlagsWin) {
  const fs::path folder = fresh_folder("config");
  write_file(
      folder / "o.json",
      R"({"detector": "padim", "backbone": "filters", "image_size": 64, "max_fpr": 0.05, "set": ["padim.dims=20"]})");
  const Outcome fitted = run_vigie({"fit", demo_part().string(), "-o", (folder / "m.vigie").string(), "--config",
                                    (folder / "o.json").string(), "--max-fpr", "0.1"});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  const json stage = stage_of(folder / "m.vigie");
  EXPECT_EQ(stage.at("detector").at("name"), "padim");
  EXPECT_EQ(stage.at("detector").at("options").at("dims"), 20);
  EXPECT_EQ(stage.at("calibration").at("max_fpr"), 0.1);
}

// A row of the docs' option tables; they write a space after a comma of a value.
std::string option_row(const std::string& key, const std::string& value, const std::string& doc) {
  std::string spaced;
  for (const char c : value) spaced += c == ',' ? ", " : std::string(1, c);
  return fmt::format("| `{}` | `{}` | {} |", key, spaced, doc);
}

TEST(MainJob, EveryDetectorHasADocsPageWithItsOptionsAndPresets) {
  const json methods = json::parse(run_vigie({"detectors", "--json"}).out);
  for (const json& method : methods) {
    const std::string page =
        read_file(fs::path(VIGIE_DOCS) / "detectors" / (method.at("name").get<std::string>() + ".md"));
    for (const json& option : method.at("options"))
      EXPECT_THAT(page, HasSubstr(option_row(option.at("key"), option.at("default").dump(), option.at("doc"))));
    for (const json& preset : method.at("presets")) {
      const std::string settings = preset.at("settings");
      EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` | {} | {} |", preset.at("name").get<std::string>(),
                                              preset.at("summary").get<std::string>(),
                                              settings == "the defaults" ? settings : "`" + settings + "`")));
    }
  }
}

TEST(MainJob, TheSettingsOfADistillationAreInItsHelpAndItsDocs) {
  const std::string page = read_file(fs::path(VIGIE_DOCS) / "distill.md");
  std::istringstream help(run_vigie({"distill", "--help"}).out);
  std::string line;
  while (std::getline(help, line) && line != "Settings and their defaults:") {
  }
  int settings = 0;
  while (std::getline(help, line) && !line.empty()) {
    std::istringstream fields(line);
    std::string key, value, doc;
    std::getline(fields >> key >> value >> std::ws, doc);
    EXPECT_THAT(page, HasSubstr(option_row(key, value, doc)));
    ++settings;
  }
  EXPECT_EQ(settings, 14);
}

TEST(MainJob, EveryCommandShowsAnExampleUnderHelp) {
  for (const char* command : {"fit", "predict", "evaluate", "benchmark", "bench", "calibrate", "dataset", "weights",
                              "detectors", "info", "latent", "distill"}) {
    const Outcome help = run_vigie({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, HasSubstr("Example:")) << command;
  }
}

}  // namespace
}  // namespace vigie::cli_test

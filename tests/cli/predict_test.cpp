// One verdict a part, whatever happens to the part, the disk, the reader or the process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command_run.h"
#include "vigie/core/tensor.h"
#include "vigie/imaging/colour.h"
#include "vigie/io/file.h"
#include "vigie/io/image.h"
#include "vigie/io/mask.h"
#include "vigie/pipeline/model.h"

namespace vigie::cli_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> out;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    out.push_back(json::parse(text.substr(begin, end - begin)));
  return out;
}

Outcome predict(const fs::path& parts, std::vector<std::string> extra = {}, const fs::path& model = demo_model()) {
  std::vector<std::string> arguments = {"predict", model.string(), parts.string()};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  return run_vigie(arguments);
}

/// The exit code of a shell line; "VIGIE" stands for the command.
int shell(std::string line) {
  line.replace(line.find("VIGIE"), 5, VIGIE_BINARY);
  return WEXITSTATUS(std::system(line.c_str()));
}

fs::path some_parts(std::size_t count) {
  const fs::path folder = fresh_folder("parts");
  const fs::path test = demo_part() / "test";
  const auto files = files_below(test);
  for (std::size_t i = 0; i < count; ++i) fs::copy_file(test / files.at(i), folder / fmt::format("{}.png", i));
  return folder;
}

TEST(PredictThreshold, IsAnotherOneForThisRunOnly) {
  const fs::path parts = some_parts(3);
  const std::string before = read_file(demo_model());
  for (const json& line : lines_of(predict(parts, {"--threshold", "1e6"}).out)) {
    EXPECT_EQ(line.at("threshold"), 1e6);
    EXPECT_FALSE(line.at("anomalous").get<bool>());
  }
  const double usual = lines_of(predict(parts).out).at(0).at("threshold");
  EXPECT_LT(lines_of(predict(parts, {"--max-fpr", "0.4"}).out).at(0).at("threshold").get<double>(), usual);
  EXPECT_EQ(read_file(demo_model()), before);
  const Outcome both = predict(parts, {"--threshold", "1", "--max-fpr", "0.4"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("--threshold and --max-fpr"));
}

// The command is fed part by part, so that the moment of the kill is known.
TEST(PredictLines, AKillLosesNoVerdictMadeBefore) {
  const fs::path out = fresh_folder("killed") / "out.jsonl", parts = some_parts(3);
  write_file(out, "{\"image\":\"of an earlier run\"}\n");
  int feed[2];
  ASSERT_EQ(pipe(feed), 0);
  const std::string model = demo_model().string();
  const pid_t child = fork();
  if (child == 0) {
    dup2(feed[0], 0);
    close(feed[1]);
    execl(VIGIE_BINARY, VIGIE_BINARY, "predict", model.c_str(), "-", "--json", out.c_str(), "-q", nullptr);
    _exit(127);
  }
  close(feed[0]);
  for (int i = 0; i < 3; ++i) {
    const std::string path = (parts / fmt::format("{}.png\n", i)).string();
    ASSERT_EQ(write(feed[1], path.data(), path.size()), static_cast<ssize_t>(path.size()));
  }
  for (int turn = 0; turn < 1200 && std::ranges::count(read_file(out), '\n') < 3; ++turn) usleep(50'000);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(feed[1]);
  const auto lines = lines_of(read_file(out));
  ASSERT_EQ(lines.size(), 3u);
  for (const json& line : lines) EXPECT_TRUE(line.contains("score"));
}

TEST(PredictLines, ARunThatCannotStartKeepsTheOlderFile) {
  const fs::path folder = fresh_folder("kept");
  write_file(folder / "out.jsonl", "{}\n");
  write_file(folder / "broken.vigie", "oops");
  EXPECT_EQ(predict(some_parts(1), {"--json", (folder / "out.jsonl").string()}, folder / "broken.vigie").code, 4);
  EXPECT_EQ(read_file(folder / "out.jsonl"), "{}\n");
  EXPECT_EQ(files_below(folder).size(), 2u);
}

TEST(PredictLines, WhatIsWrongWithOnePartCostsItsLine) {
  const fs::path parts = some_parts(3);
  write_file(parts / "broken.png", "oops");
  fs::create_directory(parts / "folder.png");
  ASSERT_EQ(mkfifo((parts / "pipe.png").c_str(), 0600), 0);
  const std::string list =
      fmt::format("{0}/0.png\n{0}/broken.png\n{0}/pipe.png\n{0}/{1}.png\n{0}/none/x.png\n{0}/1.png\n", parts.string(),
                  std::string(300, 'x'));
  const Outcome outcome = run_vigie({"predict", demo_model().string(), "-"}, list);
  EXPECT_EQ(outcome.code, 10) << outcome.err;
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 6u);
  for (const std::size_t i : {0, 5}) EXPECT_TRUE(lines[i].contains("score") && !lines[i].contains("error"));
  for (const std::size_t i : {1, 2, 3, 4}) EXPECT_TRUE(!lines[i].contains("score") && lines[i].contains("error"));
}

TEST(PredictLines, PicturesThatCannotBeWrittenKeepTheVerdict) {
  const fs::path parts = some_parts(3), file = fresh_folder("nofolder") / "file";
  write_file(file, "in the way");
  const Outcome outcome = predict(parts, {"--images", file.string()});
  EXPECT_EQ(outcome.code, 10) << outcome.err;
  for (const json& line : lines_of(outcome.out)) EXPECT_TRUE(line.contains("score") && line.contains("error"));
  EXPECT_THAT(outcome.err, HasSubstr("3 without pictures"));
}

TEST(PredictLines, ALongNameGetsItsPictures) {
  const fs::path parts = fresh_folder("long"), out = fresh_folder("pictures");
  const fs::path image = some_parts(1) / "0.png";
  for (const char last : {'a', 'b'}) fs::copy_file(image, parts / (std::string(250, 'x') + last + ".png"));
  EXPECT_EQ(predict(parts, {"--images", out.string()}).code, 0);
  EXPECT_EQ(files_below(out).size(), 4u);
}

TEST(PredictLines, AFullStandardOutputIsSaidAndCostsNoPicture) {
  const fs::path parts = some_parts(3), out = fresh_folder("pictures");
  const std::string command = fmt::format("VIGIE predict {} {} --images {} > /dev/full 2> {}/err",
                                          demo_model().string(), parts.string(), out.string(), parts.string());
  EXPECT_EQ(shell(command), 10);
  EXPECT_EQ(files_below(out).size(), 6u);
  EXPECT_THAT(read_file(parts / "err"), HasSubstr("3 verdicts could not be written"));
}

TEST(PredictLines, WithoutAReaderTheRunEndsUnlessThereArePictures) {
  const fs::path parts = some_parts(3), out = fresh_folder("pictures");
  const std::string command =
      fmt::format("VIGIE predict {} {} >&- 2> /dev/null", demo_model().string(), parts.string());
  EXPECT_EQ(shell(command), 6);
  EXPECT_EQ(shell(command + " --images " + out.string()), 10);
  EXPECT_EQ(files_below(out).size(), 6u);
}

// The model's image score is once the map's maximum, once another number than the map.
TEST(PredictLines, VerdictAndRegionsAgree) {
  const fs::path other = fresh_folder("model") / "detector.vigie", out = fresh_folder("pictures");
  ASSERT_EQ(run_vigie({"fit", demo_part().string(), "-o", other.string(), "-b", "filters", "--image-size", "64",
                       "--set", "coreset_ratio=0.1", "--image-score", "detector"})
                .code,
            0);
  for (const fs::path& fitted : {demo_model(), other})
    for (const double factor : {0.5, 0.8, 1.0, 1.3}) {
      Model model = load_model(fitted);
      model.stage().calibration.pixel_threshold *= factor;
      const fs::path moved = fresh_folder("moved") / "m.vigie";
      save_model(moved, model);
      const auto lines = lines_of(predict(demo_part() / "test", {"--images", out.string()}, moved).out);
      ASSERT_FALSE(lines.empty());
      for (const json& line : lines) {
        EXPECT_EQ(line["anomalous"].get<bool>(), !line["regions"].empty()) << line.dump();
        const fs::path image = line["image"].get<std::string>();
        const Tensor mask = read_mask(out / image.relative_path().concat(".mask.png"));
        std::int64_t area = 0, marked = 0;
        for (const json& region : line["regions"]) area += region["area"].get<std::int64_t>();
        for (const std::uint8_t value : mask.values<std::uint8_t>()) marked += value;
        EXPECT_EQ(area, marked) << line.dump();
      }
    }
}

TEST(PredictLines, ANegativeOrZeroThresholdStillGivesPictures) {
  for (const double threshold : {-3.0, 0.0}) {
    Model model = load_model(demo_model());
    model.stage().calibration.pixel_threshold = threshold;
    const fs::path moved = fresh_folder("moved") / "m.vigie", out = fresh_folder("pictures");
    save_model(moved, model);
    const Outcome outcome = predict(some_parts(1), {"--images", out.string()}, moved);
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_EQ(files_below(out).size(), 2u);
  }
}

TEST(PredictWarnings, APartOfAnotherKindIsSaidInItsLineAndOnceInTheLog) {
  const fs::path parts = some_parts(2), other = fresh_folder("other");
  const Tensor image = to_rgb8(read_image(parts / "0.png"));
  Tensor dark = image.clone(), narrow({64, 40, 3}, DType::U8);
  for (auto& value : dark.values<std::uint8_t>()) value = static_cast<std::uint8_t>(value / 3);
  for (std::int64_t y = 0; y < 64; ++y)
    std::copy_n(image.data<std::uint8_t>() + y * 192, 120, narrow.data<std::uint8_t>() + y * 120);
  write_image(other / "dark.png", dark);
  write_image(other / "narrow.png", narrow);
  const Outcome same = predict(parts), differs = predict(other);
  for (const json& line : lines_of(same.out)) EXPECT_FALSE(line.contains("warnings")) << line.dump();
  EXPECT_THAT(same.err, testing::Not(HasSubstr("differ")));
  const auto lines = lines_of(differs.out);
  EXPECT_THAT(lines[0]["warnings"].dump(), HasSubstr("darker"));
  EXPECT_THAT(lines[1]["warnings"].dump(), HasSubstr("40 x 64 pixels, the training set is 64 x 64"));
  EXPECT_THAT(differs.err, HasSubstr("2 of 2 parts differ from the training set"));
}

TEST(PredictVerbose, SaysMoreAndQuietSaysLess) {
  const fs::path parts = some_parts(2);
  const auto log_lines = [&](const std::string& flag) {
    const std::string err = predict(parts, {flag}).err;
    return std::ranges::count(err, '\n');
  };
  EXPECT_EQ(log_lines("--quiet"), 0);
  EXPECT_GE(log_lines("--verbose"), 5);
}

}  // namespace
}  // namespace vigie::cli_test

// What a user may get wrong: one clear line, the documented exit code, nothing half written.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command_run.h"
#include "vigie/core/tensor.h"
#include "vigie/io/file.h"
#include "vigie/io/image.h"

namespace vigie::cli_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A copy of the demo part that a test may damage.
fs::path damaged_part() {
  const fs::path folder = fresh_folder("damaged") / "part";
  fs::copy(demo_part(), folder, fs::copy_options::recursive);
  return folder;
}

fs::path first_image(const fs::path& folder) {
  return folder / files_below(folder).front();
}

Outcome fit(const fs::path& data, const fs::path& out, std::vector<std::string> extra = {}) {
  std::vector<std::string> arguments = {"fit", data.string(), "-o",           out.string(),
                                        "-b",  "filters",     "--image-size", "64"};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  return run_vigie(arguments);
}

TEST(BadInput, AnUnreadableTrainingImageStopsFitWithItsNameAndWritesNothing) {
  const fs::path part = damaged_part();
  const fs::path out = fresh_folder("out");
  const fs::path image = first_image(part / "train" / "good");
  const std::string bytes = read_file(image);
  for (const std::string& content : {std::string(), std::string("not an image"), bytes.substr(0, bytes.size() / 2)}) {
    write_file(image, content);
    expect_error(fit(part, out / "m.vigie"), 4, {image.filename().string()});
    EXPECT_TRUE(files_below(out).empty());
  }
  write_image(image, Tensor::zeros({1, 1, 3}, DType::U8));
  expect_error(fit(part, out / "m.vigie"), 4, {image.filename().string(), "1x1"});
}

TEST(BadInput, AHugeImageIsRefusedByTheOption) {
  expect_error(fit(demo_part(), fresh_folder("out") / "m.vigie", {"--max-pixels", "1000"}), 4,
               {"64 x 64", "--max-pixels"});
}

TEST(BadInput, FoldersWithoutGoodImagesAreRefused) {
  const fs::path empty = fresh_folder("empty");
  const fs::path out = fresh_folder("out") / "m.vigie";
  EXPECT_NE(fit(empty, out).code, 0);
  expect_error(fit(empty / "missing", out), 3, {"missing"});
  const fs::path part = damaged_part();
  for (const std::string& name : files_below(part / "train" / "good")) fs::remove(part / "train" / "good" / name);
  EXPECT_NE(fit(part, out).code, 0);
  EXPECT_FALSE(fs::exists(out));
}

TEST(BadInput, AMaskOfAnotherSizeStopsEvaluateAndIsFoundByTheDoctor) {
  const fs::path part = damaged_part();
  const fs::path mask = first_image(part / "ground_truth");
  write_image(mask, Tensor::zeros({10, 20}, DType::U8));
  expect_error(run_vigie({"evaluate", demo_model().string(), part.string()}), 4,
               {mask.filename().string(), "20x10", "64x64"});
  const Outcome doctor = run_vigie({"dataset", "check", part.string()});
  EXPECT_EQ(doctor.code, 1);
  EXPECT_THAT(doctor.out, HasSubstr(mask.filename().string()));
}

TEST(BadInput, ATestImageThatIsAlsoInTrainStopsEvaluateUnlessAllowed) {
  const fs::path part = damaged_part();
  const fs::path leaked = part / "test" / "good" / "zz_leak.png";
  fs::copy_file(first_image(part / "train" / "good"), leaked);
  expect_error(run_vigie({"evaluate", demo_model().string(), part.string()}), 2, {"zz_leak.png", "--allow-leakage"});
  EXPECT_EQ(run_vigie({"evaluate", demo_model().string(), part.string(), "--allow-leakage"}).code, 0);
  const Outcome doctor = run_vigie({"dataset", "check", part.string()});
  EXPECT_EQ(doctor.code, 1);
  EXPECT_THAT(doctor.out, HasSubstr("zz_leak.png"));
}

TEST(BadInput, LatentRefusesWhatItCannotCompare) {
  const std::string model = demo_model().string(), data = demo_part().string();
  const auto latent = [](const std::string& path, const fs::path& parts, std::vector<std::string> extra = {}) {
    std::vector<std::string> arguments = {"latent", path, "--data", parts.string()};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    return run_vigie(arguments);
  };
  expect_error(latent("/nowhere/m.vigie", data), 3, {"/nowhere/m.vigie"});
  expect_error(latent(model, "/nowhere/parts"), 3, {"/nowhere/parts"});
  expect_error(latent(model, data, {"--severity", "6"}), 2, {"--severity"});
  const fs::path part = damaged_part();
  const fs::path broken = first_image(part / "test" / "good");
  write_file(broken, "oops");
  expect_error(latent(model, part), 4, {broken.filename().string()});
  fs::copy_file(first_image(part / "train" / "good"), broken, fs::copy_options::overwrite_existing);
  expect_error(latent(model, part), 2, {broken.filename().string(), "--allow-leakage"});
  fs::remove(broken);
  const auto normals = files_below(part / "train" / "good");
  for (std::size_t i = 11; i < normals.size(); ++i) fs::remove(part / "train" / "good" / normals[i]);
  expect_error(latent(model, part), 2, {"11 good images", "12"});
  fs::remove_all(part / "test");
  EXPECT_NE(latent(model, part).code, 0);
}

TEST(BadInput, UnknownNamesComeWithTheNearestOne) {
  const fs::path out = fresh_folder("out") / "m.vigie";
  expect_error(fit(demo_part(), out, {"--holdaut", "0.1"}), 2, {"'--holdaut'", "'--holdout'"});
  expect_error(run_vigie({"evalute", "x"}), 2, {"evalute", "evaluate"});
  expect_error(fit(demo_part(), out, {"--set", "coreset_ration=0.1"}), 2, {"coreset_ration", "coreset_ratio"});
  expect_error(fit(demo_part(), out, {"--set", "coreset_ratio=7"}), 2, {"coreset_ratio", "7"});
  expect_error(run_vigie({"fit", demo_part().string(), "-o", out.string(), "-d", "patchcor"}), 3,
               {"patchcor", "patchcore"});
  expect_error(run_vigie({"fit", demo_part().string(), "-o", out.string(), "-b", "resnet81"}), 3,
               {"resnet81", "resnet18"});
}

TEST(BadInput, MissingWeightsSayWhichFileGoesWhere) {
  const fs::path empty = fresh_folder("noweights");
  const Outcome outcome =
      run_vigie({"fit", demo_part().string(), "-o", (empty / "m.vigie").string(), "-b", "wide_resnet50_2"}, "",
                {"VIGIE_WEIGHTS=" + empty.string(), "XDG_CACHE_HOME=" + empty.string()});
  expect_error(outcome, 3, {"wide_resnet50_2", empty.string()});
  EXPECT_TRUE(files_below(empty).empty());
}

TEST(BadInput, DamagedModelsAreRefused) {
  const fs::path folder = fresh_folder("models");
  const std::string bytes = read_file(demo_model());
  const std::string image = first_image(demo_part() / "test").string();
  const auto refused = [&](const std::string& content, int code) {
    write_file(folder / "m.vigie", content);
    expect_error(run_vigie({"predict", (folder / "m.vigie").string(), image}), code, {"m.vigie"});
  };
  refused("", 4);
  refused(bytes.substr(0, 5), 4);
  refused(bytes.substr(0, bytes.size() / 2), 4);
  refused(std::string(8, '\xff') + bytes.substr(8), 4);  // a header longer than the file
  std::string newer = bytes;
  newer.replace(newer.find("\\\"format\\\":4"), 12, "\\\"format\\\":9");
  refused(newer, 5);
}

TEST(BadInput, OneBadImageDoesNotStopPredict) {
  const fs::path part = damaged_part();
  write_file(part / "test" / "good" / "broken.png", "oops");
  const Outcome predicted = run_vigie({"predict", demo_model().string(), (part / "test").string(), "/nowhere/x.png"});
  EXPECT_EQ(predicted.code, 10);
  EXPECT_EQ(std::count(predicted.out.begin(), predicted.out.end(), '\n'),
            static_cast<std::ptrdiff_t>(files_below(part / "test").size() + 1));
  EXPECT_THAT(predicted.out, HasSubstr("broken.png"));
  EXPECT_THAT(predicted.err, HasSubstr("2 could not be read"));
}

TEST(BadInput, NoPermissionToWriteIsSaid) {
  if (geteuid() == 0) {
    expect_error(fit(demo_part(), "/proc/vigie/m.vigie"), 6, {"/proc/vigie"});  // root may write anywhere else
  } else {
    const fs::path locked = fresh_folder("locked");
    fs::permissions(locked, fs::perms::owner_read | fs::perms::owner_exec);
    expect_error(fit(demo_part(), locked / "m.vigie"), 6, {locked.string()});
  }
}

TEST(BadInput, AFullDiskLeavesNothingBehind) {
  const fs::path out = fresh_folder("full");
  demo_part();  // made before writing becomes hard
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  signal(SIGXFSZ, SIG_IGN);  // writes then fail with EFBIG, as they fail with ENOSPC on a full disk
  setrlimit(RLIMIT_FSIZE, &small);
  const Outcome outcome = fit(demo_part(), out / "m.vigie");
  setrlimit(RLIMIT_FSIZE, &before);
  expect_error(outcome, 6, {"m.vigie"});
  EXPECT_TRUE(files_below(out).empty());
}

TEST(BadInput, AnInterruptedBenchmarkLeavesOnlyWholeFilesAndGoesOn) {
  const fs::path out = fresh_folder("interrupted");
  std::vector<std::string> command = {
      "benchmark",    "--data", demo_part().string(), "--detectors", "padim",      "--backbones", "filters",
      "--image-size", "64",     "--no-reports",       "--out",       out.string(), "--seeds",     "0"};
  for (int seed = 1; seed < 200; ++seed) command.back() += fmt::format(",{}", seed);
  const Outcome stopped = run_vigie(command, "", {}, out / "results.json");
  expect_error(stopped, 130, {"stopped on request"});
  const auto results = nlohmann::json::parse(read_file(out / "results.json"));
  EXPECT_GE(results.size(), 1u);
  EXPECT_LT(results.size(), 200u);
  for (const std::string& file : files_below(out)) EXPECT_THAT(file, testing::Not(HasSubstr("tmp-")));
}

TEST(BadInput, ALostStandardOutputIsAnError) {
  const Outcome outcome = run_vigie({"detectors"});
  EXPECT_EQ(outcome.code, 0);
  const std::string command = std::string(VIGIE_BINARY) + " detectors > /dev/full 2>/dev/null";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 6);
}

}  // namespace
}  // namespace vigie::cli_test

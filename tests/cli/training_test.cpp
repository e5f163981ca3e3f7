// Training through the real command: a model that is served like any other, stopping and going on, logs, wrong input.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command_run.h"
#include "vigie/io/file.h"

namespace vigie::cli_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::vector<std::string> training(const fs::path& data, const fs::path& out, std::vector<std::string> extra = {}) {
  std::vector<std::string> arguments = {"fit",       data.string(), "-o",      out.string(),   "-d",
                                        "simplenet", "-b",          "filters", "--image-size", "64",
                                        "--set",     "epochs=4",    "--set",   "hidden=32"};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  return arguments;
}

TEST(Training, AFittedModelPredictsEvaluatesAndShowsItsLosses) {
  const fs::path folder = fresh_folder("trained");
  const fs::path model = folder / "m.vigie";
  const Outcome fitted = run_vigie(training(demo_part(), model, {"--tensorboard", (folder / "tb").string()}));
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  EXPECT_FALSE(fs::exists(folder / "m.vigie.checkpoint"));
  ASSERT_EQ(files_below(folder / "tb").size(), 1U);
  EXPECT_GT(fs::file_size(folder / "tb" / files_below(folder / "tb").front()), 1000U);
  const Outcome predicted = run_vigie({"predict", model.string(), (demo_part() / "test").string()});
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  const Outcome evaluated =
      run_vigie({"evaluate", model.string(), demo_part().string(), "--report", (folder / "r.html").string()});
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_THAT(read_file(folder / "r.html"), HasSubstr("<section id=\"training\""));
}

TEST(Training, StoppedAndResumedItGivesTheSameModelToTheByte) {
  const fs::path folder = fresh_folder("resumed");
  const std::vector<std::string> long_run = {"--set", "epochs=400", "--checkpoint-seconds", "0"};
  ASSERT_EQ(run_vigie(training(demo_part(), folder / "whole.vigie", long_run)).code, 0);
  const fs::path checkpoint = folder / "half.vigie.checkpoint";
  const Outcome stopped = run_vigie(training(demo_part(), folder / "half.vigie", long_run), "", {}, checkpoint);
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("--resume goes on from"));
  EXPECT_EQ(files_below(folder), (std::vector<std::string>{"half.vigie.checkpoint", "whole.vigie"}));
  std::vector<std::string> again = long_run;
  again.emplace_back("--resume");
  const Outcome resumed = run_vigie(training(demo_part(), folder / "half.vigie", again));
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("going on at step"));
  EXPECT_EQ(read_file(folder / "half.vigie"), read_file(folder / "whole.vigie"));

  const Outcome stopped_again = run_vigie(training(demo_part(), folder / "half.vigie", long_run), "", {}, checkpoint);
  EXPECT_EQ(stopped_again.code, 130);
  std::vector<std::string> other = again;
  other.insert(other.end(), {"--set", "noise=0.1"});
  expect_error(run_vigie(training(demo_part(), folder / "half.vigie", other)), 4, {checkpoint.string(), "another run"});
}

TEST(Training, TheSameCommandTwiceGivesTheSameModelToTheByte) {
  const fs::path folder = fresh_folder("same");
  for (const char* name : {"a.vigie", "b.vigie"}) ASSERT_EQ(run_vigie(training(demo_part(), folder / name)).code, 0);
  EXPECT_EQ(read_file(folder / "a.vigie"), read_file(folder / "b.vigie"));
}

TEST(Training, AServerThatCannotBeReachedIsAWarningAndNothingIsLost) {
  const fs::path model = fresh_folder("mlflow") / "m.vigie";
  const Outcome fitted = run_vigie(training(demo_part(), model, {"--mlflow", "http://127.0.0.1:9"}));
  EXPECT_EQ(fitted.code, 0) << fitted.err;
  EXPECT_THAT(fitted.err, HasSubstr("http://127.0.0.1:9"));
  EXPECT_TRUE(fs::exists(model));
  expect_error(run_vigie(training(demo_part(), model, {"--mlflow", "nonsense"})), 2, {"nonsense"});
}

TEST(Training, TooFewImagesAndWrongSettingsAreRefusedBeforeAnythingSlow) {
  const fs::path folder = fresh_folder("few");
  fs::create_directories(folder / "part" / "good");
  const auto images = files_below(demo_part() / "train" / "good");
  for (int i = 0; i < 2; ++i)
    fs::copy(demo_part() / "train" / "good" / images[static_cast<std::size_t>(i)], folder / "part" / "good");
  const fs::path out = folder / "m.vigie";
  expect_error(run_vigie(training(folder / "part", out)), 2, {"at least 2 must be left to learn from"});
  expect_error(run_vigie({"fit", demo_part().string(), "-o", out.string(), "-d", "padim", "-b", "filters", "--resume"}),
               2, {"padim trains no network"});
  expect_error(run_vigie(training(demo_part(), out, {"--preset", "quik"})), 2, {"did you mean 'quick'?"});
  expect_error(run_vigie(training(demo_part(), out, {"--set", "epoch=3"})), 2, {"did you mean 'epochs'?"});
  EXPECT_FALSE(fs::exists(out));
}

TEST(Training, ImagesOfDifferentSizesAreTrainedOnTogether) {
  const fs::path folder = fresh_folder("sizes");
  ASSERT_EQ(run_vigie({"dataset", "make-demo", folder.string(), "--products", "turned_part", "--size", "96", "--train",
                       "6", "--test-good", "1", "--test-per-defect", "1", "--seed", "5"})
                .code,
            0);
  for (const std::string& name : files_below(folder / "turned_part" / "train" / "good"))
    fs::rename(folder / "turned_part" / "train" / "good" / name,
               folder / "turned_part" / "train" / "good" / ("large_" + name));
  fs::copy(demo_part() / "train" / "good", folder / "turned_part" / "train" / "good");
  EXPECT_EQ(run_vigie(training(folder / "turned_part", folder / "m.vigie")).code, 0);
}

TEST(Training, ABenchmarkTrainsOnceForAllPrecisions) {
  const fs::path folder = fresh_folder("precisions");
  const std::string data = demo_part().string();
  const Outcome both = run_vigie({"benchmark", "--data", data, "--detectors", "simplenet", "--backbones", "filters",
                                  "--precisions", "f32,auto", "--image-size", "64", "--set", "epochs=4", "--set",
                                  "hidden=32", "--out", (folder / "both").string(), "--keep-models"});
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_THAT(both.err, HasSubstr("going on at step"));
  EXPECT_FALSE(fs::exists(folder / "both" / "trainings"));
  ASSERT_EQ(run_vigie(training(demo_part(), folder / "m.vigie", {"--precision", "auto"})).code, 0);
  std::vector<std::string> models;
  for (const auto& entry : fs::directory_iterator(folder / "both" / "runs"))
    models.push_back(read_file(entry.path() / "model.vigie"));
  ASSERT_EQ(models.size(), 2U);
  EXPECT_THAT(models, testing::Contains(read_file(folder / "m.vigie")));
}

TEST(Training, ABenchmarkTrainsAMethodThatBringsItsNetworkOnceForAllBackbones) {
  const fs::path out = fresh_folder("own_network") / "bench";
  const Outcome run =
      run_vigie({"benchmark", "--data", demo_part().string(), "--detectors", "autoencoder", "--backbones",
                 "filters,scout", "--image-size", "32", "--set", "steps=2", "--out", out.string()});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("[1/1]"));
  EXPECT_THAT(run.err, HasSubstr("autoencoder none"));
}

TEST(Training, WithoutTheTrainingProgramBesideItOnlyTrainingIsMissing) {
  const fs::path folder = fresh_folder("alone");
  fs::copy_file(VIGIE_BINARY, folder / "vigie");
  const std::string command = (folder / "vigie").string() + " fit " + demo_part().string() +
                              " -d simplenet -b filters -o " + (folder / "m.vigie").string() + " 2> " +
                              (folder / "err").string();
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 5);
  EXPECT_THAT(read_file(folder / "err"), HasSubstr("cannot train networks"));
}

}  // namespace
}  // namespace vigie::cli_test

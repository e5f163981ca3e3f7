#include "vigie/pipeline/estimate.h"

#include <gmock/gmock.h>

#include "vigie/core/memory.h"
#include "vigie/pipeline/fit_plan.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(Pipeline, ThePlanOfAFitCountsWhatTheFitDoes) {
  for (const auto& [protocol, holdout] :
       {std::pair("deploy", 0.0), std::pair("deploy", 0.25), std::pair("paper", 0.25)}) {
    FitOptions fit = options("knn");
    fit.protocol = protocol;
    fit.holdout = holdout;
    const FitPlan plan = plan_of(12, fit);
    const FitResult result = fit_model(dataset_, fit, {});
    const nlohmann::json& provenance = result.model.provenance;
    EXPECT_EQ(provenance.at("images_learnt"), plan.learnt) << protocol << holdout;
    EXPECT_EQ(provenance.at("thresholds_from").at("images"), plan.judged) << protocol << holdout;
    EXPECT_EQ(provenance.at("thresholds_from").at("folds"), plan.folds) << protocol << holdout;
    EXPECT_EQ(result.trials.defects % plan.tried, 0) << protocol << holdout;
  }
}

TEST(FitPlan, FoldsEndWhenThereAreEnoughScores) {
  FitOptions options;
  options.max_fpr = 0.1;  // 100 scores are enough
  const FitPlan plan = plan_of(1000, options);
  EXPECT_EQ(plan.folds, 5);
  EXPECT_EQ(plan.refits, 1);
  EXPECT_EQ(plan.refit_learnt, 800);
  EXPECT_EQ(plan.judged, 200);
  EXPECT_EQ(plan.network_runs(true), 1000);
  EXPECT_EQ(plan.network_runs(false), 1000 + 800 + 200);
  options.precision = "int8";
  EXPECT_EQ(plan_of(1000, options).network_runs(true), 2000);
}

TEST_F(Pipeline, AFitThatDoesNotFitIntoMemoryIsRefusedBeforeAnyImageIsLookedAt) {
  for (const std::string detector : {"patchcore", "padim", "spade"}) {
    std::vector<std::string> tasks;
    const RunContext context({}, [&](const ProgressEvent& event) { tasks.emplace_back(event.task); });
    const AssumedMemory little(100'000);
    try {
      fit_model(dataset_, options(detector), context);
      FAIL() << detector << ": no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
      EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("100.0 kB are available"), HasSubstr("of 12 images"),
                                               HasSubstr("--holdout 0.2")));
    }
    EXPECT_THAT(tasks, Not(Contains("features"))) << detector;
    EXPECT_THAT(tasks, Not(Contains("looking for copies"))) << detector;
  }
}

TEST_F(Pipeline, AFitSaysFirstWhatItWillTake) {
  std::vector<std::string> lines;
  const auto log = std::make_shared<JobLog>([&](LogLevel, std::string_view text) { lines.emplace_back(text); });
  FitOptions fit = options("padim");
  fit_model(dataset_, fit, RunContext().with_log(log));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("estimate"))));
  fit.estimate = true;
  fit_model(dataset_, fit, RunContext().with_log(log));
  EXPECT_THAT(lines, Contains(testing::ContainsRegex(
                         "estimate: [0-9.]+ s and [0-9.]+ MB \\(12 images, padim, 10 folds\\); --holdout 0.2 would "
                         "take [0-9.]+ s")));
}

TEST_F(Pipeline, AnEstimateThatFailsLeavesTheFitToFail) {
  FitOptions fit = options("knn");
  fit.estimate = true;
  write_image(dataset_.normals().front().image, Tensor::zeros({64, 64, 3}, DType::U8));
  EXPECT_NO_THROW(fit_model(dataset_, fit, {}));
  std::filesystem::remove(dataset_.normals().front().image);
  EXPECT_THROW(fit_model(dataset_, fit, {}), Error);
}

TEST(FitEstimate, AsText) {
  FitEstimate estimate{.detector = "patchcore", .images = 209, .folds = 5};
  estimate.seconds = 21.4;
  estimate.bytes = 1'400'000'000;
  estimate.held_out_seconds = 6.04;
  EXPECT_EQ(text_of(estimate),
            "estimate: 21 s and 1.4 GB (209 images, patchcore, 5 folds); --holdout 0.2 would take 6.0 s");
  estimate.folds = 0;
  estimate.held_out_seconds = 0;
  EXPECT_EQ(text_of(estimate), "estimate: 21 s and 1.4 GB (209 images, patchcore, images held out)");
  estimate.trains = true;
  EXPECT_EQ(text_of(estimate),
            "estimate: each reading of the 209 images takes 21 s; the training itself is not estimated");
}

}  // namespace
}  // namespace vigie

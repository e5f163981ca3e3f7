#include "vigie/pipeline/cross_fit.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "vigie/pipeline/fit_thresholds.h"
#include "vigie/pipeline/inspector.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using Indices = std::vector<std::int64_t>;

Indices singles(std::int64_t count) {
  Indices groups(static_cast<std::size_t>(count));
  std::iota(groups.begin(), groups.end(), 0);
  return groups;
}

TEST(Folds, DealEveryPartOnceAndEvenly) {
  const Indices folds = folds_of(singles(23), 5, 1);
  for (std::int64_t fold = 0; fold < 5; ++fold) {
    const auto count = std::count(folds.begin(), folds.end(), fold);
    EXPECT_TRUE(count == 4 || count == 5) << count;
  }
  EXPECT_EQ(folds, folds_of(singles(23), 5, 1));
  EXPECT_NE(folds, folds_of(singles(23), 5, 2));
}

TEST(Folds, NeverPartPhotographsOfOnePart) {
  const Indices groups = {0, 0, 1, 2, 2, 2, 3, 1, 4, 5};
  const Indices folds = folds_of(groups, 3, 7);
  for (std::size_t a = 0; a < groups.size(); ++a)
    for (std::size_t b = 0; b < groups.size(); ++b)
      if (groups[a] == groups[b]) EXPECT_EQ(folds[a], folds[b]);
}

TEST(Folds, AreTenForFewPartsFiveForManyAndNeverMoreThanParts) {
  EXPECT_EQ(fold_count(3), 3);
  EXPECT_EQ(fold_count(40), 10);
  EXPECT_EQ(fold_count(41), 5);
  EXPECT_EQ(enough_scores(0.01), 297);
  EXPECT_EQ(enough_scores(0.5), 100);
}

class CrossFitting : public Pipeline {};

// The slow way: for every fold a model of its own, fitted on files and asked through the inspector.
TEST_F(CrossFitting, EqualsModelsFittedWithoutTheFold) {
  const FitResult fitted = fit_model(dataset_, options("padim"), {});
  const Indices folds = folds_of(singles(12), 10, 0);
  std::vector<double> expected;
  for (std::int64_t fold = 0; fold < 10; ++fold) {
    Dataset without = dataset_;
    std::vector<Sample> inside, outside;
    for (std::size_t i = 0; i < folds.size(); ++i)
      (folds[i] == fold ? inside : outside).push_back(dataset_.normals()[i]);
    replace_normals(without, outside);
    const Inspector inspector(fit_model(without, options("padim"), {}).model);
    for (const Sample& sample : inside) expected.push_back(inspector.inspect(read_image(sample.image)).score);
  }
  std::sort(expected.begin(), expected.end(), std::greater<>());
  ASSERT_EQ(fitted.model.stage().calibration.scores.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_NEAR(fitted.model.stage().calibration.scores[i], expected[i], 1e-3 * expected[i]) << i;
}

TEST_F(CrossFitting, LearnsFromAllPartsAndScoresThemAll) {
  const FitResult fitted = fit_model(dataset_, options("patchcore"), {});
  EXPECT_EQ(fitted.model.provenance.at("images_learnt"), 12);
  EXPECT_EQ(fitted.model.stage().calibration.normals, 12);
  EXPECT_EQ(fitted.model.provenance.at("thresholds_from").at("folds"), 10);
  // Above every honest score, hence no good part was rejected.
  EXPECT_GT(fitted.model.stage().calibration.image_threshold, fitted.model.stage().calibration.scores.front());
}

TEST_F(CrossFitting, FindsSyntheticDefectsAndWhereTheyAre) {
  const FitResult fitted = fit_model(dataset_, options("patchcore"), {});
  EXPECT_EQ(fitted.trials.defects, 36);  // three kinds on each of twelve parts
  EXPECT_GT(fitted.trials.found, 18);
  EXPECT_LE(fitted.trials.located, fitted.trials.found);
  EXPECT_GT(fitted.trials.located, 0);
  EXPECT_EQ(fitted.model.provenance.at("synthetic_defects").at("found"), fitted.trials.found);
}

TEST_F(CrossFitting, CountsPhotographsOfOnePartAsOne) {
  for (int i = 0; i < 12; ++i)
    std::filesystem::copy_file(dataset_.normals()[static_cast<std::size_t>(i)].image,
                               root_ / fmt::format("part/train/good/copy{:02}.png", i));
  const FitResult fitted = fit_model(read_dataset(root_ / "part"), options("padim"), {});
  EXPECT_EQ(fitted.model.provenance.at("images_learnt"), 24);
  EXPECT_EQ(fitted.model.stage().calibration.normals, 12);
}

TEST_F(CrossFitting, HoldoutStaysForThoseWhoWantIt) {
  FitOptions fit = options("padim");
  fit.holdout = 0.25;
  const FitResult fitted = fit_model(dataset_, fit, {});
  EXPECT_EQ(fitted.model.provenance.at("images_learnt"), 9);
  EXPECT_EQ(fitted.model.stage().calibration.normals, 3);
  fit.holdout = 0.01;
  EXPECT_THROW(fit_model(dataset_, fit, {}), Error);
}

TEST_F(CrossFitting, ThreePartsAreEnough) {
  keep_normals(dataset_, 3);
  EXPECT_EQ(fit_model(dataset_, options("gaussian"), {}).model.stage().calibration.normals, 3);
}

TEST(TrialSummary, ShoutsWhenNothingIsFound) {
  Calibration calibration;
  calibration.image_threshold = 5;
  calibration.pixel_threshold = 3;
  const std::vector<Trial> missed = {{"scar", 1, 9}, {"scar", 4, 9}};
  EXPECT_THAT(text_of(summary_of(missed, calibration), calibration), testing::HasSubstr("NONE OF 2 SYNTHETIC DEFECTS"));
  const std::vector<Trial> found = {{"scar", 6, 9}, {"scar", 6, 2}, {"scar", 1, 9}};
  EXPECT_EQ(text_of(summary_of(found, calibration), calibration),
            "synthetic defects: 2 of 3 found, 1 of them where it is");
}

TEST(CalibrationFrom, TakesTheHighestScoreOfEachPart) {
  HonestScores honest;
  honest.images = {0, 1, 2, 4};
  honest.scores = {1, 3, 2, 7};
  honest.maxima = {10, 30, 20, 70};
  const Calibration calibration = calibration_from(honest, {0, 0, 1, 5, 2}, 0.4);
  EXPECT_THAT(calibration.scores, testing::ElementsAre(7, 3, 2));
  EXPECT_THAT(calibration.maxima, testing::ElementsAre(70, 30, 20));
}

}  // namespace
}  // namespace vigie

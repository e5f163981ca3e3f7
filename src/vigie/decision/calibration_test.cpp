#include "vigie/decision/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/core/random.h"

namespace vigie {
namespace {

using testing::ElementsAre;

std::vector<double> normal_scores(int n) {
  Random random(1);
  std::vector<double> scores(static_cast<std::size_t>(n));
  for (double& score : scores) score = 3 + random.normal();
  return scores;
}

TEST(Calibrate, SetsBothThresholdsByTheSameRule) {
  const std::vector<double> scores{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, maxima{10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
  const Calibration calibration = calibrate(scores, maxima, 0.2);
  EXPECT_EQ(calibration.image_threshold, 8.5);
  EXPECT_EQ(calibration.pixel_threshold, 85);
  EXPECT_EQ(calibration.median, 5.5);
  EXPECT_EQ(calibration.normals, 10);
  EXPECT_EQ(calibration.max_fpr, 0.2);
  EXPECT_THAT(calibration.scores, ElementsAre(10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
}

TEST(Calibrate, HasNoPixelThresholdWithoutMaps) {
  EXPECT_TRUE(std::isnan(calibrate(normal_scores(20), {}, 0.1).pixel_threshold));
}

TEST(Calibrate, SaysWhatFewPartsShow) {
  const Calibration calibration = calibrate(normal_scores(40), {}, 0.01);
  EXPECT_EQ(statement_of(calibration),
            "of 40 good parts none was rejected; with 95 % confidence at most 7.2 % will be; 59 more would show 3 %");
  EXPECT_FALSE(verifies_rate(calibration));
  EXPECT_EQ(statement_of(calibrate(std::vector<double>{1}, {}, 0.01)),
            "of 1 good part none was rejected; with 95 % confidence at most 95 % will be; 98 more would show 3 %");
}

TEST(Calibrate, SaysWhatManyPartsShow) {
  const Calibration calibration = calibrate(normal_scores(209), {}, 0.01);
  EXPECT_EQ(rejected_normals(calibration), 2);
  EXPECT_EQ(statement_of(calibration), "of 209 good parts 2 were rejected; with 95 % confidence at most 3 % will be");
  EXPECT_TRUE(verifies_rate(calibrate(normal_scores(99), {}, 0.01)));
  EXPECT_FALSE(verifies_rate(calibrate(normal_scores(98), {}, 0.01)));
}

TEST(Calibrate, AcceptsOneNormalAndRefusesNone) {
  const Calibration calibration = calibrate(std::vector<double>{2}, std::vector<double>{5}, 0.01);
  EXPECT_GT(calibration.image_threshold, 2);
  EXPECT_GT(calibration.pixel_threshold, 5);
  EXPECT_THROW(calibrate({}, {}, 0.01), Error);
}

TEST(CalibrationAtRate, NeedsOnlyTheScoresItKeeps) {
  const Calibration strict = calibrate(normal_scores(60), normal_scores(60), 0.01);
  const Calibration loose = at_rate(strict, 0.2);
  EXPECT_EQ(rejected_normals(loose), 12);
  EXPECT_EQ(loose.image_threshold, calibrate(normal_scores(60), {}, 0.2).image_threshold);
  EXPECT_EQ(at_rate(loose, 0.01).image_threshold, strict.image_threshold);
  Calibration old = strict;
  old.scores.clear();
  EXPECT_THROW(at_rate(old, 0.2), Error);
}

TEST(CalibrationAtThreshold, MovesThePixelThresholdAlong) {
  const std::vector<double> scores{1, 2, 3, 4, 5}, maxima{10, 20, 30, 40, 50};
  const Calibration moved = at_threshold(calibrate(scores, maxima, 0.2), 3.5);
  EXPECT_EQ(moved.image_threshold, 3.5);
  EXPECT_EQ(moved.pixel_threshold, 35);  // two parts rejected, two with a region
  EXPECT_EQ(moved.rule, ThresholdRule::Fixed);
  EXPECT_EQ(at_threshold(calibrate(scores, scores, 0.2), 9.25).pixel_threshold, 9.25);
  EXPECT_TRUE(std::isnan(at_threshold(calibrate(scores, {}, 0.2), 9).pixel_threshold));
  EXPECT_THROW(at_threshold(moved, std::numeric_limits<double>::infinity()), Error);
}

TEST(CalibrationAtMissRate, FindsTheDefectsWithTheFewestFalseRejects) {
  const Calibration calibration = calibrate(std::vector<double>{1, 2, 3, 4}, {}, 0.1);
  EXPECT_EQ(at_miss_rate(calibration, std::vector<double>{6, 8, 9}, 0).image_threshold, 5);
  EXPECT_EQ(at_miss_rate(calibration, std::vector<double>{2.5, 8, 9}, 0).image_threshold, 2.25);
  EXPECT_EQ(at_miss_rate(calibration, std::vector<double>{2.5, 8, 9}, 0.34).image_threshold, 6);
  EXPECT_EQ(at_miss_rate(calibration, std::vector<double>{0.5}, 0).image_threshold, 0.5);
  EXPECT_THROW(at_miss_rate(calibration, {}, 0), Error);
  EXPECT_THROW(at_miss_rate(calibration, std::vector<double>{1}, 1), Error);
}

TEST(Calibrate, RefusesWhatItCannotUse) {
  const std::vector<double> scores{1, 2}, one{1}, bad{1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_THROW(calibrate(scores, one, 0.1), Error);
  EXPECT_THROW(calibrate(bad, {}, 0.1), Error);
  EXPECT_THROW(calibrate(scores, bad, 0.1), Error);
  for (const double rate : {0.0, -0.1, 1.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(calibrate(scores, {}, rate), Error);
}

TEST(Confidence, IsOneHalfAtTheThresholdAndMirroredAroundIt) {
  Calibration calibration;
  calibration.image_threshold = 4;
  calibration.median = 1;
  EXPECT_EQ(confidence(calibration, 4), 0.5);
  EXPECT_NEAR(confidence(calibration, 1), 0.05, 1e-12);
  EXPECT_NEAR(confidence(calibration, 7), 0.95, 1e-12);
}

TEST(Confidence, RisesStrictlyOverAWideRange) {
  Calibration calibration;
  calibration.image_threshold = 4;
  calibration.median = 3.5;
  double before = 0;
  for (double score = -1e6; score <= 1e6; score += 0.25) {
    const double value = confidence(calibration, score);
    ASSERT_GT(value, before) << score;
    ASSERT_LT(value, 1) << score;
    ASSERT_EQ(value >= 0.5, score >= 4) << score;
    before = value;
  }
}

TEST(Confidence, CopesWithNormalsThatAllScoreTheSame) {
  const Calibration calibration = calibrate(std::vector<double>{0, 0, 0}, {}, 0.3);
  EXPECT_LT(confidence(calibration, 0), 0.5);
  EXPECT_EQ(confidence(calibration, calibration.image_threshold), 0.5);
  EXPECT_GT(confidence(calibration, 1), 0.5);
  EXPECT_LE(confidence(calibration, 1e30), 1.0);
}

TEST(CalibrationJson, RestoresEveryField) {
  const Calibration before = calibrate(normal_scores(7), normal_scores(7), 0.01);
  const auto text = json_from_calibration(before).dump();
  const Calibration after = calibration_from_json(nlohmann::json::parse(text));
  EXPECT_EQ(after.image_threshold, before.image_threshold);
  EXPECT_EQ(after.pixel_threshold, before.pixel_threshold);
  EXPECT_EQ(after.max_fpr, before.max_fpr);
  EXPECT_EQ(after.normals, before.normals);
  EXPECT_EQ(after.median, before.median);
  EXPECT_EQ(after.scores, before.scores);
  EXPECT_EQ(after.maxima, before.maxima);
  EXPECT_EQ(after.rule, ThresholdRule::Rate);
}

TEST(CalibrationJson, WritesAnUndefinedThresholdAsNull) {
  const auto object = json_from_calibration(calibrate(normal_scores(50), {}, 0.1));
  EXPECT_TRUE(object["pixel_threshold"].is_null());
  EXPECT_TRUE(std::isnan(calibration_from_json(nlohmann::json::parse(object.dump())).pixel_threshold));
}

TEST(CalibrationJson, RefusesWhatIsMissingOrOfTheWrongType) {
  const auto good = json_from_calibration(calibrate(normal_scores(50), {}, 0.1));
  for (const auto& [key, value] : good.items()) {
    auto object = good;
    object.erase(key);
    if (key != "scores") {  // without them it is an older format
      EXPECT_THROW(calibration_from_json(object), Error) << key;
    }
    object[key] = nlohmann::json::array({"x"});
    EXPECT_THROW(calibration_from_json(object), Error) << key;
  }
  EXPECT_THROW(calibration_from_json(nlohmann::json(3)), Error);
  auto object = good;
  object["scores"].push_back(1e9);
  EXPECT_THROW(calibration_from_json(object), Error);  // one more than parts, and not falling
}

TEST(CalibrationJson, ReadsFormatsWithoutScores) {
  const nlohmann::json old = {{"image_threshold", 2.0}, {"pixel_threshold", nullptr},
                              {"max_fpr", 0.01},        {"normals", 8},
                              {"median", 1.0},          {"warning", "few"}};
  const Calibration calibration = calibration_from_json(old);
  EXPECT_EQ(calibration.image_threshold, 2);
  EXPECT_TRUE(calibration.scores.empty());
  EXPECT_EQ(calibration_from_json(json_from_calibration(calibration)).normals, 8);  // saved again
  EXPECT_EQ(statement_of(calibration), "thresholds from 8 good parts, whose scores this older model does not keep");
}

}  // namespace
}  // namespace vigie

#include "vigie/evaluation/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/evaluation/evaluation_json.h"

namespace vigie {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Tensor map_of(Shape shape, std::initializer_list<float> values) {
  return Tensor::from(std::move(shape), std::vector<float>(values));
}

Tensor mask_of(Shape shape, std::initializer_list<int> values) {
  Tensor mask(std::move(shape), DType::U8);
  std::copy(values.begin(), values.end(), mask.data<std::uint8_t>());
  return mask;
}

/// Two good, two defective 8 x 8 images whose maps are the truth itself.
std::vector<ImageEvidence> perfect_evidence() {
  std::vector<ImageEvidence> images;
  for (int i = 0; i < 4; ++i) {
    ImageEvidence image{
        "i" + std::to_string(i), i < 2 ? "good" : "hole", i < 2 ? 0.1F : 0.9F, Tensor::full({8, 8}, 0), {}};
    if (i >= 2) {
      image.mask = Tensor::zeros({8, 8}, DType::U8);
      for (const int pixel : {18, 19, 26, 27}) {
        image.mask.data<std::uint8_t>()[pixel] = 1;
        image.map.data<float>()[pixel] = 1;
      }
    }
    images.push_back(image);
  }
  return images;
}

TEST(Evaluation, IsOneEverywhereForAPerfectDetector) {
  const Evaluation result = evaluate_evidence(perfect_evidence(), {0.5, 0.5});
  EXPECT_EQ(result.good_images, 2);
  EXPECT_EQ(result.anomalous_images, 2);
  for (const double value : {result.image_auroc, result.image_ap, result.image_f1_max, result.pixel_auroc,
                             result.pixel_ap, result.pixel_f1_max, result.pixel_auroc_anomalous, result.aupro,
                             result.aupro_anomalous, result.aupro_05, result.aupimo, result.iou, result.dice,
                             result.iou_per_region, result.at_threshold.f1(), result.at_threshold.accuracy()}) {
    EXPECT_DOUBLE_EQ(value, 1);
  }
  ASSERT_EQ(result.defect_types.size(), 1U);
  EXPECT_DOUBLE_EQ(result.defect_types[0].pixel_auroc, 1);
  EXPECT_DOUBLE_EQ(result.defect_types[0].median_area_share, 4.0 / 64);
}

TEST(Evaluation, CountsImagesAsByHand) {
  std::vector<ImageEvidence> images{{"a", "good", 1, {}, {}},
                                    {"b", "good", 2, {}, {}},
                                    {"c", "scratch", 1.5F, {}, {}},
                                    {"d", "scratch", 3, {}, {}},
                                    {"e", "dent", 3, {}, {}}};
  const Evaluation result = evaluate_evidence(images, {2, kNan});
  EXPECT_DOUBLE_EQ(result.image_auroc, 5.0 / 6);
  EXPECT_EQ(result.at_threshold.true_positives, 2);
  EXPECT_EQ(result.at_threshold.false_negatives, 1);
  EXPECT_EQ(result.at_threshold.false_positives, 1);
  EXPECT_EQ(result.at_threshold.true_negatives, 1);
  EXPECT_DOUBLE_EQ(result.image_f1_max, 2 * 0.75 * 1 / 1.75);  // rejecting at 1.5: one good of four rejected
  EXPECT_DOUBLE_EQ(result.image_f1_max_threshold, 1.5);
  ASSERT_EQ(result.defect_types.size(), 2U);
  EXPECT_EQ(result.defect_types[0].defect, "dent");
  EXPECT_DOUBLE_EQ(result.defect_types[0].image_auroc, 1);
  EXPECT_DOUBLE_EQ(result.defect_types[0].recall_at_threshold, 1);
  EXPECT_EQ(result.defect_types[1].images, 2);
  EXPECT_DOUBLE_EQ(result.defect_types[1].image_auroc, 0.75);
  EXPECT_DOUBLE_EQ(result.defect_types[1].recall_at_threshold, 0.5);
  EXPECT_TRUE(std::isnan(result.defect_types[1].median_area_share));
}

TEST(Evaluation, LeavesPixelNumbersUndefinedWithoutMaps) {
  const Evaluation result =
      evaluate_evidence({{"a", "good", 1, {}, {}}, {"b", "dent", 2, {}, mask_of({1, 2}, {0, 1})}}, {1.5, kNan});
  EXPECT_DOUBLE_EQ(result.image_auroc, 1);
  for (const double value : {result.pixel_auroc, result.pixel_ap, result.pixel_f1_max, result.pixel_auroc_anomalous,
                             result.aupro, result.aupro_anomalous, result.aupro_05, result.aupimo, result.iou,
                             result.dice, result.iou_per_region, result.defect_types[0].pixel_auroc}) {
    EXPECT_TRUE(std::isnan(value));
  }
  EXPECT_DOUBLE_EQ(result.defect_types[0].median_area_share, 0.5);  // the mask is known all the same
}

TEST(Evaluation, KeepsGoodImagesOutOfTheAnomalousOnlyNumbers) {
  // The good image's bright pixel outranks the defect; among the defective image's own pixels nothing does.
  const std::vector<ImageEvidence> images{
      {"a", "good", 1, map_of({1, 4}, {0, 0, 0, 9}), {}},
      {"b", "dent", 2, map_of({1, 4}, {0, 0, 0, 5}), mask_of({1, 4}, {0, 0, 0, 1})}};
  const Evaluation result = evaluate_evidence(images, {1.5, 4});
  EXPECT_DOUBLE_EQ(result.pixel_auroc_anomalous, 1);
  EXPECT_DOUBLE_EQ(result.pixel_auroc, 6.0 / 7);
  EXPECT_DOUBLE_EQ(result.aupro_anomalous, 1);
  EXPECT_LT(result.aupro, 1);
  EXPECT_DOUBLE_EQ(result.iou, 0.5);
  EXPECT_DOUBLE_EQ(result.dice, 2.0 / 3);
}

TEST(Evaluation, LeavesDefectsWithoutPixelLabelsOutOfPixelNumbersOnly) {
  std::vector<ImageEvidence> images = perfect_evidence();
  const Evaluation labelled = evaluate_evidence(images, {0.5, 0.5});
  images.push_back({"unlabelled", "hole", 0.05F, Tensor::full({8, 8}, 5), {}});
  const Evaluation result = evaluate_evidence(images, {0.5, 0.5});
  EXPECT_EQ(result.anomalous_images, 3);
  EXPECT_LT(result.image_auroc, 1);
  EXPECT_DOUBLE_EQ(result.pixel_auroc, labelled.pixel_auroc);
  EXPECT_DOUBLE_EQ(result.aupro, labelled.aupro);
  EXPECT_DOUBLE_EQ(result.iou, labelled.iou);
  EXPECT_DOUBLE_EQ(result.defect_types[0].pixel_auroc, 1);
}

TEST(Evaluation, IsNearChanceForRandomScores) {
  Random random(7);
  std::vector<ImageEvidence> images;
  for (int i = 0; i < 300; ++i) {
    ImageEvidence image{
        std::to_string(i), i % 2 == 0 ? "good" : "dent", static_cast<float>(random.uniform()), Tensor({16, 16}), {}};
    for (float& value : image.map.values<float>()) value = static_cast<float>(random.uniform());
    if (image.anomalous()) {
      image.mask = Tensor::zeros({16, 16}, DType::U8);
      std::fill_n(image.mask.data<std::uint8_t>(), 64, 1);
    }
    images.push_back(image);
  }
  const Evaluation result = evaluate_evidence(images, {0.5, 0.5});
  EXPECT_NEAR(result.image_auroc, 0.5, 0.1);
  EXPECT_NEAR(result.pixel_auroc, 0.5, 0.02);
  EXPECT_NEAR(result.at_threshold.accuracy(), 0.5, 0.1);
}

TEST(Evaluation, IsUndefinedWithGoodImagesAlone) {
  const Evaluation result = evaluate_evidence({{"a", "good", 1, Tensor::full({4, 4}, 1), {}}}, {2, 2});
  EXPECT_TRUE(std::isnan(result.image_auroc));
  EXPECT_TRUE(std::isnan(result.pixel_auroc));
  EXPECT_TRUE(std::isnan(result.image_f1_max_threshold));
  EXPECT_TRUE(result.defect_types.empty());
  EXPECT_EQ(result.at_threshold.true_negatives, 1);
}

void expect_fault(const std::vector<ImageEvidence>& images, const std::string& text) {
  try {
    evaluate_evidence(images, {1, 1});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
    EXPECT_THAT(error.what(), testing::HasSubstr(text));
  }
}

TEST(Evaluation, NamesTheImageWhoseEvidenceIsFaulty) {
  expect_fault({{"torn.png", "dent", 1, Tensor::full({2, 3}, 0), mask_of({3, 2}, {0, 0, 0, 0, 0, 1})}}, "torn.png");
  expect_fault({{"lost.png", "good", std::nanf(""), {}, {}}}, "lost.png");
  expect_fault({{"hot.png", "good", 1, map_of({1, 2}, {0, INFINITY}), {}}}, "hot.png");
}

TEST(EvaluationJson, GoesThereAndBack) {
  const Evaluation evaluation = evaluate_evidence(perfect_evidence(), {0.5, kNan});
  const nlohmann::json object = json_from_evaluation(evaluation);
  EXPECT_TRUE(object["iou"].is_null());
  EXPECT_TRUE(object["thresholds"]["pixel"].is_null());
  EXPECT_EQ(object["at_threshold"]["true_positives"], 2);
  EXPECT_DOUBLE_EQ(object["at_threshold"]["f1"].get<double>(), 1);
  EXPECT_EQ(object["defect_types"][0]["defect"], "hole");
  const Evaluation read = evaluation_from_json(nlohmann::json::parse(object.dump()));
  EXPECT_EQ(json_from_evaluation(read), object);
  EXPECT_TRUE(std::isnan(read.iou));
}

TEST(EvaluationJson, RefusesValuesOfAWrongType) {
  nlohmann::json object = json_from_evaluation(evaluate_evidence(perfect_evidence(), {0.5, 0.5}));
  const nlohmann::json wrongs = {{"image_auroc", "high"}, {"defect_types", 3}, {"good_images", 1.5}};
  for (const auto& [key, wrong] : wrongs.items()) {
    nlohmann::json broken = object;
    broken[key] = wrong;
    EXPECT_THROW(evaluation_from_json(broken), Error) << key;
  }
}

}  // namespace
}  // namespace vigie

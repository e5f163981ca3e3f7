#include "vigie/metrics/pixel_metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/metrics/aupro_reference.h"
#include "vigie/metrics/random_maps.h"

namespace vigie {
namespace {

using Groups = std::vector<std::size_t>;

/// All pixels of the images, copied and sorted whole.
SortedScores sorted_reference(const std::vector<ScoredMap>& images) {
  std::vector<float> normal, anomalous;
  for (const ScoredMap& image : images)
    for (std::int64_t i = 0; i < image.map.count(); ++i) {
      const bool defect = !image.mask.empty() && image.mask.data<std::uint8_t>()[i] != 0;
      (defect ? anomalous : normal).push_back(image.map.data<float>()[i]);
    }
  return {std::move(normal), std::move(anomalous)};
}

std::vector<ScoredMap> selected(const std::vector<ScoredMap>& images, const Groups& groups, const Groups& selection) {
  std::vector<ScoredMap> chosen;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (std::find(selection.begin(), selection.end(), groups[i]) != selection.end()) chosen.push_back(images[i]);
  return chosen;
}

void expect_equals_sorting(const PixelMetrics& metrics, const std::vector<ScoredMap>& images) {
  const SortedScores reference = sorted_reference(images);
  EXPECT_EQ(metrics.normal_pixels, static_cast<std::int64_t>(reference.normal().size()));
  EXPECT_EQ(metrics.defect_pixels, static_cast<std::int64_t>(reference.anomalous().size()));
  EXPECT_EQ(metrics.auroc, reference.auroc());
  EXPECT_NEAR(metrics.average_precision, reference.average_precision(), 1e-12);
  EXPECT_EQ(metrics.f1_max, reference.f1_max().f1);
  EXPECT_EQ(metrics.f1_max_threshold, reference.f1_max().threshold);
}

TEST(PixelMetrics, EqualTheirDefinitionsForEverySelectionOfGroups) {
  Random random(31);
  const Groups groups{2, 0, 1, 0, 2, 1, 3};
  const std::vector<Groups> selections{{0, 1, 2, 3}, {1, 2, 3}, {0, 1}, {2, 0}, {2}, {3, 1}};
  for (const double levels : {1.0, 3.0, 40.0, 1e6}) {
    std::vector<ScoredMap> images;
    for (std::size_t i = 0; i < groups.size(); ++i)
      images.push_back(random_map(random, 9 + static_cast<std::int64_t>(i), 13, groups[i] != 0, levels));
    const auto metrics = pixel_metrics(images, groups, selections, {{0.05, 0.3, 1.0}, 0});
    for (std::size_t s = 0; s < selections.size(); ++s) {
      SCOPED_TRACE(std::to_string(levels) + " levels, selection " + std::to_string(s));
      const std::vector<ScoredMap> chosen = selected(images, groups, selections[s]);
      expect_equals_sorting(metrics[s], chosen);
      EXPECT_NEAR(metrics[s].aupro[0], aupro_reference(chosen, 0.05), 1e-12);
      EXPECT_NEAR(metrics[s].aupro[1], aupro_reference(chosen, 0.3), 1e-12);
      EXPECT_NEAR(metrics[s].aupro[2], aupro_reference(chosen, 1.0), 1e-12);
    }
  }
}

TEST(PixelMetrics, EqualASortOfScoresOfAllMagnitudesAndBothSigns) {
  Random random(32);
  std::vector<ScoredMap> images{random_map(random, 90, 90, true, 5), random_map(random, 70, 60, false, 5)};
  for (ScoredMap& image : images)
    for (float& score : image.map.values<float>())
      score = std::ldexp(score, static_cast<int>(random.below(200)) - 100) * (random.below(2) == 0 ? -1.0F : 1.0F);
  expect_equals_sorting(pixel_metrics(images, {{0.3}, 0}), images);
}

TEST(PixelMetrics, TieBothZeros) {
  ScoredMap image{Tensor::from({1, 4}, std::vector<float>{0.0F, -0.0F, 0.0F, -0.0F}), Tensor::zeros({1, 4}, DType::U8)};
  image.mask.data<std::uint8_t>()[1] = image.mask.data<std::uint8_t>()[2] = 1;
  const PixelMetrics metrics = pixel_metrics({image}, {{0.3}, 9});
  EXPECT_DOUBLE_EQ(metrics.auroc, 0.5);
  EXPECT_DOUBLE_EQ(metrics.average_precision, 0.5);
  EXPECT_DOUBLE_EQ(metrics.aupro[0], 0.15);
  EXPECT_EQ(metrics.f1_max_threshold, 0.0);
}

/// Enough pixels for several chunks and strips.
std::vector<ScoredMap> many_pixels(double levels) {
  Random random(33);
  std::vector<ScoredMap> images;
  for (int i = 0; i < 9; ++i) images.push_back(random_map(random, 500, 601 + i, i % 3 != 0, levels));
  for (ScoredMap& image : images)
    for (std::int64_t i = 0; !image.mask.empty() && i < 40000; ++i) image.mask.data<std::uint8_t>()[i] = 1;
  return images;
}

TEST(PixelMetrics, EqualASortOfMillionsOfPixels) {
  for (const double levels : {20.0, 1e7}) {
    const std::vector<ScoredMap> images = many_pixels(levels);
    expect_equals_sorting(pixel_metrics(images, {{0.3}, 0}), images);
  }
}

TEST(PixelMetrics, AreTheSameToTheBitForAnyNumberOfThreads) {
  const std::vector<ScoredMap> images = many_pixels(1e7);
  const Groups groups{0, 1, 2, 0, 1, 2, 0, 1, 2};
  const auto with_threads = [&](int threads) {
    const ThreadShare share(threads);
    return pixel_metrics(images, groups, {{0, 1, 2}, {0, 2}}, {{0.3, 0.05}, 100});
  };
  const auto one = with_threads(1), five = with_threads(5);
  for (std::size_t s = 0; s < one.size(); ++s) {
    EXPECT_EQ(one[s].auroc, five[s].auroc);
    EXPECT_EQ(one[s].average_precision, five[s].average_precision);
    EXPECT_EQ(one[s].f1_max, five[s].f1_max);
    EXPECT_EQ(one[s].aupro, five[s].aupro);
    ASSERT_EQ(one[s].curve.size(), five[s].curve.size());
    for (std::size_t i = 0; i < one[s].curve.size(); ++i)
      EXPECT_EQ(one[s].curve[i].threshold, five[s].curve[i].threshold);
  }
}

TEST(PixelMetrics, DrawACurveOfTruePointsThatKeepsItsShape) {
  constexpr std::size_t kPoints = 200;
  const std::vector<ScoredMap> images = many_pixels(1e7);
  const PixelMetrics metrics = pixel_metrics(images, {{}, kPoints});
  EXPECT_LE(metrics.curve.size(), kPoints);
  EXPECT_GE(metrics.curve.size(), kPoints / 2);
  const SortedScores reference = sorted_reference(images);
  double area = 0, fpr = 0, recall = 0;
  for (const auto& point : metrics.curve) {
    const ThresholdMetrics at = at_threshold(reference.normal(), reference.anomalous(), point.threshold);
    ASSERT_EQ(point.false_positive_rate, at.false_positive_rate()) << point.threshold;
    ASSERT_EQ(point.recall, at.recall()) << point.threshold;
    ASSERT_EQ(point.precision, at.precision()) << point.threshold;
    EXPECT_GT(point.false_positive_rate + point.recall, fpr + recall);
    area += (point.false_positive_rate - fpr) * (point.recall + recall) / 2;
    fpr = point.false_positive_rate;
    recall = point.recall;
  }
  EXPECT_NEAR(area, metrics.auroc, 1e-3);
  EXPECT_EQ(fpr, 1.0);
  EXPECT_EQ(recall, 1.0);
}

TEST(PixelMetrics, DrawTheCornerBeforeARise) {
  // Three of four normal pixels lie above the defect: flat to 3/4, then straight up, then flat.
  ScoredMap image{Tensor::from({1, 5}, std::vector<float>{9, 8, 7, 5, 1}), Tensor::zeros({1, 5}, DType::U8)};
  image.mask.data<std::uint8_t>()[3] = 1;
  const auto curve = pixel_metrics({image}, {{}, 50}).curve;
  ASSERT_EQ(curve.size(), 3U);
  EXPECT_EQ(curve[0].false_positive_rate, 0.75);
  EXPECT_EQ(curve[0].recall, 0.0);
  EXPECT_EQ(curve[1].false_positive_rate, 0.75);
  EXPECT_EQ(curve[1].recall, 1.0);
  EXPECT_EQ(curve[2].threshold, 1.0);
}

TEST(PixelMetrics, AreUndefinedWithOneClassOnly) {
  const ScoredMap good{Tensor::full({4, 4}, 1), Tensor()};
  for (const auto& images : {std::vector<ScoredMap>{}, {good}}) {
    const PixelMetrics metrics = pixel_metrics(images, {{0.3}, 10});
    EXPECT_TRUE(std::isnan(metrics.auroc));
    EXPECT_TRUE(std::isnan(metrics.average_precision));
    EXPECT_TRUE(std::isnan(metrics.f1_max));
    EXPECT_TRUE(std::isnan(metrics.aupro[0]));
    EXPECT_TRUE(metrics.curve.empty());
  }
}

TEST(PixelMetrics, RefuseArgumentsThatDoNotFit) {
  const std::vector<ScoredMap> images{{Tensor::full({4, 4}, 1), Tensor()}};
  const std::vector<ScoredMap> infinite{{Tensor::full({4, 4}, std::numeric_limits<float>::infinity()), Tensor()}};
  EXPECT_THROW(pixel_metrics(images, Groups{0, 0}, {{0}}, {{0.3}, 0}), Error);
  EXPECT_THROW(pixel_metrics(images, Groups{0}, {{1}}, {{0.3}, 0}), Error);
  EXPECT_THROW(pixel_metrics(images, {{0.0}, 0}), Error);
  EXPECT_THROW(pixel_metrics(images, {{0.3}, 1}), Error);
  EXPECT_THROW(pixel_metrics(infinite, {{0.3}, 0}), Error);
}

/// A line of /proc/self/status in bytes; 0 when it cannot be read.
std::int64_t process_memory(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.rfind(key, 0) == 0) return 1024 * std::stoll(line.substr(key.size() + 1));
  return 0;
}

TEST(PixelMetrics, KeepToTheMemoryTheyState) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own memory would be counted";
#endif
  constexpr std::int64_t kSide = 1500, kMaps = 12, kPixels = kMaps * kSide * kSide;
  std::vector<ScoredMap> images;
  Random random(35);
  for (int i = 0; i < kMaps; ++i) images.push_back(random_map(random, kSide, kSide, i % 2 == 0, 1e5));
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak starts anew
  const std::int64_t before = process_memory("VmRSS");
  if (before == 0 || process_memory("VmHWM") > before + (1 << 22)) GTEST_SKIP() << "the peak cannot be reset here";
  const PixelMetrics metrics = pixel_metrics(images, {{0.3}, 100});
  const std::int64_t threads = thread_budget();
  const std::int64_t stated =
      kPixels * 9 / 4 + 16 * metrics.defect_pixels + (1 << 20) + threads * ((1 << 20) + 4 * kSide * kSide);
  EXPECT_LE(process_memory("VmHWM") - before, stated + (1 << 22));  // the allocator keeps some
  EXPECT_GE(process_memory("VmHWM") - before, kPixels * 3 / 2);     // or it was not measured at all
}

}  // namespace
}  // namespace vigie

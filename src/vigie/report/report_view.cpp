#include "vigie/report/report_view.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace vigie {
namespace {

constexpr int kWantedBins = 30;
constexpr std::size_t kDefectTones = 8;  ///< tone-d0 … tone-d7 in report.css
constexpr std::int64_t kSampledPixels = 1 << 20;

/// Evenly spaced pixels of the maps; enough for colours, never more than a few megabytes.
std::vector<float> sample_pixels(const std::vector<ImageEvidence>& images, bool good_only) {
  std::int64_t pixels = 0;
  for (const ImageEvidence& image : images) {
    if (!good_only || !image.anomalous()) pixels += image.map.count();
  }
  const std::int64_t stride = std::max<std::int64_t>(1, pixels / kSampledPixels);
  std::vector<float> sample;
  for (const ImageEvidence& image : images) {
    if (image.map.empty() || (good_only && image.anomalous())) continue;
    const float* map = image.map.data<float>();
    for (std::int64_t i = 0; i < image.map.count(); i += stride) sample.push_back(map[i]);
  }
  return sample;
}

float quantile(std::vector<float>& values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

}  // namespace

const char* slug_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Missed:
      return "missed";
    case Outcome::FalseAlarm:
      return "false-alarm";
    case Outcome::Found:
      return "found";
    case Outcome::Passed:
      return "passed";
  }
  return "";
}

const char* title_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Missed:
      return "missed defect";
    case Outcome::FalseAlarm:
      return "false alarm";
    case Outcome::Found:
      return "defect found";
    case Outcome::Passed:
      return "good, passed";
  }
  return "";
}

ScoreBins::ScoreBins(const std::vector<ImageEvidence>& images, double threshold, int wanted) : threshold_(threshold) {
  if (images.empty()) return;
  double low = images[0].score, high = low;
  for (const ImageEvidence& image : images) {
    low = std::min<double>(low, image.score);
    high = std::max<double>(high, image.score);
  }
  const bool has_threshold = std::isfinite(threshold);
  if (has_threshold) {
    low = std::min(low, threshold);
    high = std::max(high, threshold);
  }
  width_ = (high - low) / wanted;
  if (!(width_ > 0)) width_ = std::max(std::abs(low) * 1e-3, 1e-6);
  const double below = has_threshold ? std::ceil((threshold - low) / width_) : 0;
  first_ = has_threshold ? threshold - below * width_ : low;
  rejected_ = static_cast<std::size_t>(below);
  count_ = static_cast<std::size_t>(std::floor((high - first_) / width_)) + 1;
}

std::size_t ScoreBins::index_of(double score) const {
  const double position = std::floor((score - first_) / width_);
  auto index = static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(count_ - 1)));
  // Rounding must not carry a score over the edge that decides.
  if (score >= threshold_) return std::max(index, rejected_);
  return std::isfinite(threshold_) && rejected_ > 0 ? std::min(index, rejected_ - 1) : index;
}

HeatRange heat_scale(const std::vector<ImageEvidence>& images, double pixel_threshold) {
  std::vector<float> all = sample_pixels(images, false);
  if (all.empty()) return {};
  std::vector<float> good = sample_pixels(images, true);
  return heat_range(quantile(good.empty() ? all : good, 0.5), pixel_threshold, quantile(all, 0.999));
}

ReportView::ReportView(const ReportInput& report_input) : input(report_input), images(*report_input.images) {
  std::set<std::string> types;
  for (const ImageEvidence& image : images) {
    has_maps = has_maps || !image.map.empty();
    has_masks = has_masks || !image.mask.empty();
    if (image.anomalous()) types.insert(image.defect);
  }
  defects.assign(types.begin(), types.end());
  if (!images.empty()) {
    const auto [low, high] = std::minmax_element(images.begin(), images.end(),
                                                 [](const auto& a, const auto& b) { return a.score < b.score; });
    lowest_score = low->score;
    highest_score = high->score;
  }
  bins = ScoreBins(images, threshold(), kWantedBins);
  heat = heat_scale(images, input.evaluation.thresholds.pixel);
}

Outcome ReportView::outcome_of(const ImageEvidence& image) const {
  const bool rejected = image.score >= threshold();
  if (image.anomalous()) return rejected ? Outcome::Found : Outcome::Missed;
  return rejected ? Outcome::FalseAlarm : Outcome::Passed;
}

std::string ReportView::tone_of(const std::string& defect) const {
  const auto found = std::find(defects.begin(), defects.end(), defect);
  if (found == defects.end()) return "tone-good";
  return fmt::format("tone-d{}", static_cast<std::size_t>(found - defects.begin()) % kDefectTones);
}

}  // namespace vigie

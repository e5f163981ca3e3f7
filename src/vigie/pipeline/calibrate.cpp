#include "vigie/pipeline/calibrate.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/log.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/data/part_reading.h"
#include "vigie/decision/binomial.h"
#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/fit_thresholds.h"

namespace vigie {

namespace {

constexpr double kHardlyChance = 0.01;  // of so many rejects among parts that are as good as the first ones
constexpr std::size_t kNamedParts = 5;

void check(std::span<const Sample> parts, const CalibrateOptions& options) {
  const int choices = (options.threshold ? 1 : 0) + (options.max_fpr ? 1 : 0) + (options.defects.empty() ? 0 : 1);
  VIGIE_CHECK(choices > 0 || !parts.empty(), "calibrate",
              "nothing to do: give good parts, a wanted rate, a threshold or known defects");
  VIGIE_CHECK(choices <= 1, "calibrate", "give one of a wanted rate, a threshold and known defects");
  VIGIE_CHECK(!options.max_fpr || (*options.max_fpr >= 1e-6 && *options.max_fpr <= 0.5), "calibrate",
              "max_fpr {} is outside 0.000001 … 0.5", *options.max_fpr);
}

// Thresholds from images the detector has seen would be too low: it knows them too well.
void refuse_known(const Model& model, std::span<const Sample> parts) {
  const auto known = samples_seen_by(model, parts);
  if (!known.empty())
    fail(ErrorKind::InvalidArgument, "calibrate",
         "{} of the {} good images were given before to fit or calibrate, first {}; give new ones", known.size(),
         parts.size(), known.front().image.string());
}

void use_runnable_precision(Stage& stage) {
  if (runs_here(stage.precision)) return;
  log_warning("this processor lacks {}: from now on the model runs in {} everywhere", instructions_of(stage.precision),
              name_of(runnable(stage.precision)));
  stage.precision = runnable(stage.precision);
  stage.quantisation = {};
}

std::string names_of(std::span<const Sample> parts, const std::vector<std::size_t>& chosen,
                     const HonestScores& new_scores) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamedParts, chosen.size()); ++i)
    text += fmt::format("{}{} (score {:.4g})", i == 0 ? "" : ", ", parts[chosen[i]].image.string(),
                        new_scores.scores[chosen[i]]);
  return text + (chosen.size() > kNamedParts ? ", …" : "");
}

// The reject bin, handed over by mistake, would raise the threshold until nothing is found.
void refuse_rejected(const Calibration& present, std::span<const Sample> parts, const HonestScores& new_scores,
                     bool accept) {
  std::vector<std::size_t> rejected;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (new_scores.scores[i] >= present.image_threshold) rejected.push_back(i);
  if (rejected.empty()) return;
  std::sort(rejected.begin(), rejected.end(),
            [&](std::size_t a, std::size_t b) { return new_scores.scores[a] > new_scores.scores[b]; });
  const auto count = static_cast<std::int64_t>(rejected.size()), all = static_cast<std::int64_t>(parts.size());
  const double expected =
      present.scores.empty() ? present.max_fpr : binomial_upper_bound(rejected_normals(present), present.normals);
  const bool hardly_good = 1 - binomial_at_most(count - 1, all, expected) < kHardlyChance;
  const std::string what = fmt::format("the present threshold {:.4g} rejects {} of the {} good parts: {}",
                                       present.image_threshold, count, all, names_of(parts, rejected, new_scores));
  if (hardly_good && !accept)
    fail(ErrorKind::InvalidArgument, "calibrate",
         "{}; that is more than chance allows, so they are hardly good parts. Take the defective ones out, or accept "
         "them (accept_rejected) when all are good",
         what);
  log_warning("{}", what);
}

Calibration from_parts(Model& model, std::span<const Sample> parts, const CalibrateOptions& options,
                       const RunContext& context) {
  refuse_known(model, parts);
  const Stage& stage = model.stage();
  const HonestScores new_scores = scores_by(stage, parts, options.reading, options.seed, context);
  refuse_rejected(stage.calibration, parts, new_scores, options.accept_rejected);
  for (const std::string& hash : content_hashes(parts)) model.provenance["image_hashes"].push_back(hash);
  const Calibration calibration = calibration_from(
      new_scores, groups_of_near_duplicates(parts, reading_for(stage.preprocess, options.reading), context),
      options.max_fpr.value_or(stage.calibration.max_fpr));
  const TrialSummary trials = summary_of(new_scores.trials, calibration);
  model.provenance["synthetic_defects"] = json_from_trials(trials);
  trials.found == 0 ? log_warning("{}", text_of(trials, calibration)) : log_info("{}", text_of(trials, calibration));
  return calibration;
}

std::vector<double> scores_of_defects(const Stage& stage, const CalibrateOptions& options, const RunContext& context) {
  std::vector<Sample> samples;
  for (const auto& image : options.defects) samples.push_back({.image = image});
  return scores_by(stage, samples, options.reading, options.seed, context).scores;
}

}  // namespace

void calibrate_model(Model& model, std::span<const Sample> parts, const CalibrateOptions& options,
                     const RunContext& context) {
  const RunScope scope(context);
  check(parts, options);
  Stage& stage = model.stage();
  const Calibration before = stage.calibration;
  if (!parts.empty() || !options.defects.empty()) use_runnable_precision(stage);
  Calibration calibration = stage.calibration;
  if (!parts.empty())
    calibration = from_parts(model, parts, options, context);
  else if (options.max_fpr)
    calibration = at_rate(calibration, *options.max_fpr);
  if (options.threshold) calibration = at_threshold(calibration, *options.threshold);
  if (!options.defects.empty())
    calibration = at_miss_rate(calibration, scores_of_defects(stage, options, context), options.max_miss);
  stage.previous_calibration = before;
  stage.calibration = calibration;
  model.provenance.erase("metrics");  // measured with the old thresholds
}

void restore_calibration(Model& model) {
  Stage& stage = model.stage();
  VIGIE_CHECK(stage.previous_calibration, "calibrate", "this model keeps no earlier thresholds");
  std::swap(stage.calibration, *stage.previous_calibration);
  model.provenance.erase("metrics");
}

}  // namespace vigie

#include "vigie/pipeline/fit_thresholds.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <numeric>

#include "vigie/imaging/value_range.h"
#include "vigie/pipeline/fit_detector.h"
#include "vigie/pipeline/stage_inspector.h"

namespace vigie {

namespace {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The highest value of each part.
std::vector<double> highest_of_parts(const std::vector<double>& values, const std::vector<std::int64_t>& images,
                                     const std::vector<std::int64_t>& groups) {
  std::map<std::int64_t, double> highest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto [entry, first] = highest.emplace(groups.at(static_cast<std::size_t>(images[i])), values[i]);
    if (!first) entry->second = std::max(entry->second, values[i]);
  }
  std::vector<double> parts;
  for (const auto& [group, value] : highest) parts.push_back(value);
  return parts;
}

}  // namespace

std::vector<std::int64_t> all_of(std::span<const Sample> samples) {
  std::vector<std::int64_t> indices(samples.size());
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

std::vector<std::int64_t> places_of(std::span<const Sample> some, std::span<const Sample> all) {
  std::map<std::filesystem::path, std::int64_t> place;
  for (std::size_t i = 0; i < all.size(); ++i) place[all[i].image] = static_cast<std::int64_t>(i);
  std::vector<std::int64_t> places;
  for (const Sample& sample : some) places.push_back(place.at(sample.image));
  return places;
}

FittedScores fit_and_cross_fit(Stage& stage, const Normals& normals, const FitOptions& options,
                               const RunContext& context) {
  FittedScores out;
  const Stopwatch fitting;
  const Engine engine(stage.network, {stage.precision, stage.quantisation});
  const FeaturePool pool(normals.samples, stage.preprocess, options.reading, engine, context);
  std::optional<Engine> exact_engine;
  std::optional<FeaturePool> exact_pool;
  std::optional<FeatureSubset> exact;
  const std::vector<std::int64_t> all = all_of(normals.samples);
  if (engine.precision() != Precision::F32 && !options.fast_fit) {
    exact_engine.emplace(stage.network);
    exact_pool.emplace(normals.samples, stage.preprocess, options.reading, *exact_engine, context);
    exact.emplace(*exact_pool, all);
  }
  fit_detector(stage, FeatureSubset(pool, all), exact ? &*exact : nullptr, options.seed, context);
  out.fit_seconds = fitting.seconds();
  const Stopwatch scoring;
  out.honest = cross_fit({.stage = stage,
                          .samples = normals.samples,
                          .features = pool,
                          .places = all,
                          .exact = exact_pool ? &*exact_pool : nullptr,
                          .engine = engine,
                          .groups = normals.groups,
                          .reading = options.reading,
                          .max_fpr = options.max_fpr,
                          .seed = options.seed},
                         context);
  out.calibrate_seconds = scoring.seconds();
  return out;
}

FittedScores fit_and_hold_out(Stage& stage, const Normals& normals, const Split& split, bool keep_all,
                              const FitOptions& options, const RunContext& context) {
  FittedScores out;
  const Stopwatch fitting;
  fit_detector(stage, keep_all ? normals.samples : split.fit, options, context);
  out.fit_seconds = fitting.seconds();
  const Stopwatch scoring;
  Stage judge = stage;
  if (keep_all) fit_detector(judge, split.fit, options, context);
  out.honest = scores_by(judge, split.held_out, options.reading, options.seed, context);
  out.honest.images = places_of(split.held_out, normals.samples);
  out.calibrate_seconds = scoring.seconds();
  return out;
}

HonestScores scores_by(const Stage& stage, std::span<const Sample> samples, const ImageReadOptions& reading,
                       std::uint64_t seed, const RunContext& context) {
  const StageInspector inspector(stage);
  HonestScores honest;
  honest.images = all_of(samples);
  const auto total = static_cast<std::int64_t>(samples.size());
  Progress progress(context, "thresholds", total);
  for_each_batch(samples, stage.preprocess, reading, kBatchSize, [&](const Tensor& inputs, std::int64_t) {
    for (const Evidence& found : inspector.evidence(inputs)) {
      honest.scores.push_back(found.score);
      if (!found.map.empty()) honest.maxima.push_back(value_range(found.map).high);
    }
    progress.advance(inputs.dim(0));
  });
  const std::int64_t step = tried_step(total);
  for (std::int64_t i = 0; i < total; i += step) {
    context.check_cancelled("thresholds");
    const auto trials = try_defects(samples[static_cast<std::size_t>(i)], stage.preprocess, reading,
                                    seed + static_cast<std::uint64_t>(i),
                                    [&](const Tensor& input) { return std::move(inspector.evidence(input).front()); });
    honest.trials.insert(honest.trials.end(), trials.begin(), trials.end());
  }
  return honest;
}

Calibration calibration_from(const HonestScores& honest, const std::vector<std::int64_t>& groups, double max_fpr) {
  return calibrate(highest_of_parts(honest.scores, honest.images, groups),
                   highest_of_parts(honest.maxima, honest.images, groups), max_fpr);
}

}  // namespace vigie

#include "vigie/pipeline/estimate.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "vigie/core/log.h"
#include "vigie/core/memory.h"
#include "vigie/data/image_batches.h"
#include "vigie/detectors/feature_layout.h"
#include "vigie/pipeline/feature_pool.h"
#include "vigie/pipeline/fit_detector.h"
#include "vigie/pipeline/fit_plan.h"
#include "vigie/pipeline/fit_thresholds.h"
#include "vigie/pipeline/peak_memory.h"
#include "vigie/pipeline/synthetic_trial.h"
#include "vigie/pipeline/training_facts.h"

namespace vigie {

namespace {

template <typename Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

FeatureLayout layout_of_network(const Stage& stage) {
  const auto shapes = nn::infer_shapes(stage.network.graph, {1, stage.preprocess.height, stage.preprocess.width, 3});
  FeatureLayout layout;
  for (const nn::Output& output : stage.network.graph.outputs) {
    const Shape& shape = shapes[static_cast<std::size_t>(output.node)];
    layout.push_back({shape[1], shape[2], shape[3]});
  }
  return layout;
}

std::int64_t bytes_of(const FeatureLayout& layout) {
  std::int64_t floats = 0;
  for (const LayerShape& layer : layout) floats += layer.height * layer.width * layer.channels;
  return 4 * floats;
}

/// What is known of a fit from shapes alone.
class FitShapes {
 public:
  FitShapes(const Stage& stage, const FitPlan& plan)
      : layout_(layout_of_network(stage)),
        detector_(detector_info(stage.detector).create(stage.detector_options)),
        plan_(plan),
        features_(plan.folds > 0 ? plan.passes * plan.images * bytes_of(layout_) : 0),
        keeps_features_(features_ > 0 && fits_a_pool(features_ / plan.passes)) {}

  const FitPlan& plan() const { return plan_; }
  bool keeps_features() const { return keeps_features_; }
  FitCost cost(std::int64_t images) const { return detector_->fit_cost({layout_, images, plan_.passes > 1}); }

  /// Of the whole fit: features that are kept, the kept detector, and beside it each that is fitted for the thresholds.
  FitCost whole() const {
    FitCost cost = this->cost(plan_.learnt);
    if (plan_.refits > 0) cost.bytes = std::max(cost.bytes, cost.kept_bytes + this->cost(plan_.refit_learnt).bytes);
    if (!keeps_features_) return cost;
    cost.bytes += features_;
    cost.what += fmt::format(" beside the features of {} images", plan_.images);
    cost.remedy += fmt::format("; --holdout {} keeps no features", kTrainedHoldout);
    return cost;
  }

 private:
  FeatureLayout layout_;
  std::unique_ptr<Detector> detector_;
  FitPlan plan_;
  std::int64_t features_;  ///< bytes
  bool keeps_features_;
};

/// Seconds that a few images took, an image.
struct Probe {
  std::int64_t images = 0;
  double facts = 0;     ///< copies, depth, looks, hashes
  double features = 0;  ///< decoding, preprocessing, network
  double fit = 0;       ///< all of the few together
  double judge = 0;     ///< by what learnt from the few
  double map = 0;       ///< post-processing
  double trials = 0;    ///< synthetic defects on one part
  std::int64_t defects = 0;
};

/// Takes a few images the way that the fit will take all of them.
class Prober {
 public:
  /// few: a data set of some normals.
  Prober(const Stage& stage, const Dataset& few, const ImageReadOptions& reading, const RunContext& context)
      : stage_(stage),
        few_set_(few),
        few_(few.normals()),
        reading_(reading),
        context_(context),
        engine_(stage.network),
        detector_(detector_info(stage.detector).create(stage.detector_options)) {}

  Probe measure() {
    Probe probe;
    const auto count = static_cast<double>(few_.size());
    probe.images = static_cast<std::int64_t>(few_.size());
    probe.facts = seconds_of([&] { (void)training_facts(few_set_, reading_, context_); }) / count;
    run_first();
    std::optional<FeaturePool> pool;
    probe.features = seconds_of([&] { pool.emplace(few_, stage_.preprocess, reading_, engine_, context_); }) / count;
    fit(*pool, probe);
    judge(*pool, probe);
    probe.trials = seconds_of([&] { probe.defects = try_defects_on_one(); });
    return probe;
  }

 private:
  // The engine plans its work for a batch when it first sees one of that size.
  void run_first() {
    for (const std::int64_t batch : {static_cast<std::int64_t>(few_.size()), std::int64_t{1}})
      (void)engine_.run(Tensor::zeros({batch, stage_.preprocess.height, stage_.preprocess.width, 3}));
  }

  void fit(const FeaturePool& pool, Probe& probe) {
    const FeatureSubset all(pool, all_of(few_));
    probe.fit = seconds_of([&] { detector_->fit(all, {0, context_}); });
  }

  void judge(const FeaturePool& pool, Probe& probe) {
    constexpr std::size_t kJudged = 2;  // a look through a gallery can take seconds
    const std::vector<std::int64_t> judged = all_of(few_.first(std::min(kJudged, few_.size())));
    std::vector<RawResult> results;
    probe.judge = seconds_of([&] {
      pool.visit(judged, [&](const Features& features, std::int64_t) { results = detector_->predict(features); });
    });
    probe.map = seconds_of([&] {
      for (const RawResult& raw : results) (void)evidence(raw);
    });
    probe.judge /= static_cast<double>(judged.size());
    probe.map /= static_cast<double>(judged.size());
  }

  std::int64_t try_defects_on_one() {
    const auto trials = try_defects(few_.front(), stage_.preprocess, reading_, 0, [&](const Tensor& input) {
      return evidence(detector_->predict(engine_.run(input)).front());
    });
    return static_cast<std::int64_t>(trials.size());
  }

  Evidence evidence(const RawResult& raw) const {
    return evidence_from(raw, stage_.preprocess.height, stage_.preprocess.width, stage_.postprocess);
  }

  const Stage& stage_;
  const Dataset& few_set_;
  std::span<const Sample> few_;
  const ImageReadOptions& reading_;
  const RunContext& context_;
  Engine engine_;
  std::unique_ptr<Detector> detector_;
};

double seconds_for(const FitShapes& shapes, const Probe& probe) {
  const FitPlan& plan = shapes.plan();
  const FitCost few = shapes.cost(probe.images);
  const auto fit = [&](std::int64_t images) { return probe.fit * shapes.cost(images).fit_work / few.fit_work; };
  const double judge = probe.judge * shapes.cost(plan.judge_learnt()).predict_work / few.predict_work;
  const double trials = probe.trials + static_cast<double>(probe.defects) * (judge - probe.judge);
  const auto times = [](std::int64_t count, double seconds) { return static_cast<double>(count) * seconds; };
  return times(plan.images, probe.facts) + times(plan.network_runs(shapes.keeps_features()), probe.features) +
         fit(plan.learnt) + (plan.refits > 0 ? times(plan.refits, fit(plan.refit_learnt)) : 0) +
         times(plan.judged, judge + probe.map) + times(plan.tried, trials);
}

// A method that trains brings a network that does not exist yet: its images can be read, no more.
FitEstimate reading_alone(const Stage& stage, std::span<const Sample> few, std::size_t images,
                          const ImageReadOptions& reading) {
  const double seconds = seconds_of(
      [&] { for_each_batch(few, stage.preprocess, reading, kBatchSize, [](const Tensor&, std::int64_t) {}); });
  return {.detector = stage.detector,
          .images = static_cast<std::int64_t>(images),
          .trains = true,
          .seconds = seconds * static_cast<double>(images) / static_cast<double>(few.size())};
}

std::string text_of_seconds(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

FitEstimate estimate_fit(const Stage& stage, const Dataset& dataset, const FitOptions& options,
                         const RunContext& context) {
  const LogScope silent(std::make_shared<JobLog>([](LogLevel, std::string_view) {}, LogLevel::Quiet));
  Dataset few = dataset;
  few.samples = spread(dataset.normals(), kBatchSize);
  const std::size_t normals = dataset.normals().size();
  if (detector_info(stage.detector).training) return reading_alone(stage, few.samples, normals, options.reading);
  const auto images = static_cast<std::int64_t>(normals);
  const FitShapes shapes(stage, plan_of(images, options));
  Prober prober(stage, few, options.reading, context);
  const Probe probe = prober.measure();
  FitEstimate out{.detector = stage.detector, .images = images, .folds = shapes.plan().folds};
  out.seconds = seconds_for(shapes, probe);
  out.bytes = resident_memory_bytes() + shapes.whole().bytes;
  if (out.folds == 0) return out;
  FitOptions held_out = options;
  held_out.holdout = kTrainedHoldout;
  out.held_out_seconds = seconds_for(FitShapes(stage, plan_of(images, held_out)), probe);
  return out;
}

void require_memory_to_fit(const Stage& stage, std::int64_t images, const FitOptions& options) {
  require_memory(stage.detector, FitShapes(stage, plan_of(images, options)).whole());
}

std::string text_of(const FitEstimate& estimate) {
  if (estimate.trains)
    return fmt::format("estimate: each reading of the {} images takes {}; the training itself is not estimated",
                       estimate.images, text_of_seconds(estimate.seconds));
  std::string text = fmt::format("estimate: {} and {} ({} images, {}, {})", text_of_seconds(estimate.seconds),
                                 text_from_bytes(estimate.bytes), estimate.images, estimate.detector,
                                 estimate.folds > 0 ? fmt::format("{} folds", estimate.folds) : "images held out");
  if (estimate.held_out_seconds > 0)
    text += fmt::format("; --holdout {} would take {}", kTrainedHoldout, text_of_seconds(estimate.held_out_seconds));
  return text;
}

}  // namespace vigie

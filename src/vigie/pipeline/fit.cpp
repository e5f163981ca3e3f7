#include "vigie/pipeline/fit.h"

#include <chrono>
#include <numeric>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/random_weights.h"
#include "vigie/backbones/weights.h"
#include "vigie/core/log.h"
#include "vigie/core/random.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/data/part_reading.h"
#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/estimate.h"
#include "vigie/pipeline/fit_detector.h"
#include "vigie/pipeline/fit_thresholds.h"
#include "vigie/pipeline/precision_choice.h"
#include "vigie/pipeline/training_facts.h"
#include "vigie/training/training_options.h"

namespace vigie {

namespace {

Precision asked_precision(const FitOptions& options) {
  if (options.precision == "auto") return Precision::F32;
  const Precision precision = precision_from_name(options.precision);
  if (!runs_here(precision))
    fail(ErrorKind::Unsupported, "fit", "--precision {}: this processor lacks {}; use f32 or auto", options.precision,
         instructions_of(precision));
  return precision;
}

void check(const Dataset& dataset, const FitOptions& options) {
  VIGIE_CHECK(dataset.normals().size() >= 2, "fit", "{}: {} good image(s) to learn from; at least 2 are needed",
              dataset.root.string(), dataset.normals().size());
  VIGIE_CHECK(options.holdout == 0 || (options.holdout >= 0.02 && options.holdout <= 0.5), "fit",
              "holdout {} is neither 0 nor within 0.02 … 0.5", options.holdout);
  VIGIE_CHECK(options.max_fpr >= 1e-6 && options.max_fpr <= 0.5, "fit", "--max-fpr {} is outside 0.000001 … 0.5",
              options.max_fpr);
  VIGIE_CHECK(options.protocol == "deploy" || options.protocol == "paper", "fit",
              "--protocol '{}' is neither deploy nor paper", options.protocol);
  (void)asked_precision(options);
}

Preprocess preprocess_of(const FitOptions& options) {
  Preprocess preprocess = options.protocol == "paper" ? Preprocess::paper() : Preprocess::deployment();
  if (options.image_size > 0) {
    if (options.protocol == "paper")
      preprocess.resize_to = preprocess.resize_to * options.image_size / preprocess.height;
    preprocess.height = preprocess.width = options.image_size;
  }
  return preprocess_from_json(json_from_preprocess(preprocess));  // checks the ranges
}

Postprocess postprocess_of(const FitOptions& options, const DetectorInfo& info) {
  Postprocess postprocess;
  postprocess.sigma = options.sigma;
  postprocess.image_score = options.image_score.empty() ? info.default_image_score : options.image_score;
  VIGIE_CHECK(info.has_map || postprocess.image_score == "detector", "fit",
              "{} has no map, so --image-score must be detector", info.name);
  return postprocess_from_json(json_from_postprocess(postprocess));
}

const Preset& preset_of(const DetectorInfo& info, const std::string& name) {
  std::vector<std::string> known;
  for (const Preset& preset : info.training->presets) {
    if (preset.name == name) return preset;
    known.push_back(preset.name);
  }
  fail(ErrorKind::InvalidArgument, "fit", "{} has no preset '{}'{}", info.name, name, suggestion(name, known));
}

nn::Network backbone_for(Stage& stage, const std::vector<std::string>& layers, const FitOptions& options) {
  stage.backbone = resolve_backbone(options.backbone);
  const LoadedBackbone loaded = options.random_weights
                                    ? LoadedBackbone{random_backbone(stage.backbone, layers, options.seed), false}
                                    : load_backbone(stage.backbone, layers);
  if (loaded.pool_fallback)
    log_warning("the {} weights at hand end early: 'pool' is taken from their last stage", stage.backbone);
  return nn::fold_batch_norms(loaded.network);
}

// Of a backbone, for a method that trains; empty where it brings all of its network.
std::vector<std::string> layers_to_begin_from(const DetectorInfo& info, const nlohmann::json& detector_options) {
  const auto& layers_for = info.training->backbone_layers;
  return layers_for ? layers_for(detector_options) : std::vector<std::string>{};
}

// What the trained network begins from.
nn::Network start_of_training(Stage& stage, const DetectorInfo& info, const FitOptions& options) {
  if (options.training.trainer == nullptr)
    fail(ErrorKind::Unsupported, "fit",
         "{} trains a network, which this build cannot do (it needs VIGIE_LEARN=ON and libtorch); it can run models "
         "trained elsewhere",
         info.name);
  const std::vector<std::string> layers = layers_to_begin_from(info, stage.detector_options);
  if (!layers.empty()) return backbone_for(stage, layers, options);
  stage.backbone = kNoBackbone;
  return {};
}

// Everything of the model but what is learnt: network, preprocessing, options.
Model prepare(const Dataset& dataset, const FitOptions& options) {
  const DetectorInfo& info = detector_info(options.detector);
  Model model;
  Stage& stage = model.stage();
  stage.name = stage.detector = info.name;
  stage.detector_options = complete_options(options);
  const auto detector = info.create(stage.detector_options);
  model.protocol = options.protocol;
  stage.preprocess = preprocess_of(options);
  if (info.training && info.training->unit_input) stage.preprocess.mean = {0, 0, 0}, stage.preprocess.std = {1, 1, 1};
  stage.network =
      info.training ? start_of_training(stage, info, options) : backbone_for(stage, detector->layers(), options);
  stage.postprocess = postprocess_of(options, info);
  model.provenance = {
      {"category", dataset.name}, {"layout", dataset.layout}, {"seed", options.seed}, {"holdout", options.holdout}};
  if (info.training) model.provenance["preset"] = options.training.preset;
  if (options.random_weights) model.provenance["random_weights"] = true;
  return model;
}

// Replaces the model's network, so far what training begins from, by the trained one. Returns the seconds that earlier,
// stopped runs of the same training took.
double train_network(Model& model, const Split& split, const FitOptions& options, const RunContext& context) {
  constexpr std::size_t kCurvePoints = 200;
  Stage& stage = model.stage();
  TrainingRequest request{.method = stage.detector,
                          .options = stage.detector_options,
                          .samples = split.fit,
                          .validation = 0,
                          .preprocess = stage.preprocess,
                          .reading = options.reading,
                          .backbone = std::move(stage.network),
                          .seed = options.seed,
                          .checkpoint = options.training.checkpoint,
                          .checkpoint_seconds = options.training.checkpoint_seconds,
                          .resume = options.training.resume,
                          .log = options.training.log};
  if (model.protocol == "paper") {
    request.samples.insert(request.samples.end(), split.held_out.begin(), split.held_out.end());
    request.validation = static_cast<std::int64_t>(split.held_out.size());
  }
  TrainingResult result = options.training.trainer->train(request, context);
  stage.network = nn::fold_batch_norms(result.network);
  model.provenance["training"] = json_from_history(thinned(result.history, kCurvePoints));
  return result.earlier_seconds;
}

// The network's number format, and for int8 its ranges, from normals that will be learnt from.
void settle_precision(Model& model, const Split& split, const FitOptions& options, const RunContext& context) {
  Stage& stage = model.stage();
  stage.precision = asked_precision(options);
  if (stage.precision == Precision::Int8)
    stage.quantisation = quantisation_for(stage, split.fit, options.int8_range, options.reading, context);
  if (options.precision != "auto") return;
  PrecisionChoice choice = choose_precision(stage, split, options, context);
  for (const PrecisionAgreement& agreement : choice.tried) log_info("precision {}", text_of(agreement));
  stage.precision = choice.precision;
  stage.quantisation = std::move(choice.quantisation);
  model.provenance["precision_agreement"] = json_from_agreements(choice.tried);
  log_info("precision: {}{}", name_of(stage.precision),
           stage.precision == Precision::F32 ? " (no faster one that runs here agrees with it)" : "");
}

// Photographs of one part must not stand on both sides of a split.
std::vector<std::int64_t> parts_among(std::vector<std::int64_t> groups) {
  const std::int64_t parts = group_count(groups), images = std::ssize(groups);
  if (parts == images) return groups;
  if (parts < 2) {
    log_warning("the {} good images are nearly the same picture: the thresholds say nothing about other parts", images);
    std::iota(groups.begin(), groups.end(), 0);
    return groups;
  }
  log_warning("{} good images show {} different parts, the rest are near duplicates; thresholds count parts", images,
              parts);
  return groups;
}

// Of a method that trains: what validates it under `paper`, what is kept for the thresholds under `deploy`. Of others:
// what --holdout says, and else only what the choice of a precision is judged on.
double held_out_share(const Stage& stage, const FitOptions& options, bool trains) {
  if (trains && options.protocol == "paper") return stage.detector_options.at("validation").get<double>();
  return options.holdout > 0 ? options.holdout : kTrainedHoldout;
}

// The estimate is advice: what it cannot tell must not end a fit that might work.
void log_estimate(const Stage& stage, const Dataset& dataset, const FitOptions& options, const RunContext& context) {
  try {
    log_info("{}", text_of(estimate_fit(stage, dataset, options, context)));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    log_info("no estimate: {}", error.what());
  }
}

// Of the normals at these places; tells whether two models learnt from the same data.
std::string digest_of_learnt(const Dataset& dataset, const TrainingFacts& facts,
                             const std::vector<std::int64_t>& places) {
  std::vector<Sample> samples;
  std::vector<std::uint64_t> hashes;
  for (const std::int64_t place : places) {
    samples.push_back(dataset.normals()[static_cast<std::size_t>(place)]);
    hashes.push_back(facts.sample_hashes[static_cast<std::size_t>(place)]);
  }
  return digest_of(dataset, samples, hashes);
}

// Labelled defects too: they belong to the training set, whoever learns from them.
std::vector<std::string> hashes_of_training_set(const Dataset& dataset, const TrainingFacts& facts) {
  std::vector<std::string> hashes = facts.content_hashes;
  for (std::string& hash : content_hashes(dataset.labelled())) hashes.push_back(std::move(hash));
  return hashes;
}

// What the model remembers of how it came about, and what the user is told. learnt: places among the normals.
void describe(FitResult& result, const Dataset& dataset, const TrainingFacts& facts,
              const std::vector<std::int64_t>& learnt, const HonestScores& honest) {
  nlohmann::json& provenance = result.model.provenance;
  provenance["data_digest"] = digest_of_learnt(dataset, facts, learnt);
  provenance["images_learnt"] = learnt.size();
  provenance["image_hashes"] = hashes_of_training_set(dataset, facts);
  provenance["thresholds_from"] = {{"images", honest.images.size()}, {"folds", honest.folds}};
  provenance["synthetic_defects"] = json_from_trials(result.trials);
  provenance["training_set"] = json_from_training_look(facts.look);
}

}  // namespace

std::string resolve_backbone(const std::string& name) {
  if (name != "auto") return name;
  if (find_weights("resnet18")) {
    log_info("backbone: resnet18 (its weights were found)");
    return "resnet18";
  }
  log_info("backbone: scout (built in; no resnet18 weights at hand, 'vigie weights fetch resnet18' gets them)");
  return "scout";
}

nlohmann::json complete_options(const FitOptions& options) {
  const DetectorInfo& info = detector_info(options.detector);
  (void)info.create(options.detector_options);  // refuses unknown options
  nlohmann::json complete = info.options().to_json();
  if (info.training) {
    const nlohmann::json& preset = preset_of(info, options.training.preset).options;
    if (!preset.is_null()) complete.update(preset);
  }
  nlohmann::json asked = options.detector_options;
  if (info.training) let_epochs_count(asked);
  complete.update(asked);
  return complete;
}

bool needs_backbone(const FitOptions& options) {
  const DetectorInfo& info = detector_info(options.detector);
  return !info.training || !layers_to_begin_from(info, complete_options(options)).empty();
}

FitResult fit_model(const Dataset& dataset, const FitOptions& asked, const RunContext& context) {
  const RunScope scope(context);
  check(dataset, asked);
  log_labels_unused(dataset, fmt::format("{} learns from good parts", asked.detector));
  FitResult result;
  result.model = prepare(dataset, asked);
  Model& model = result.model;
  Stage& stage = model.stage();
  const bool trains = detector_info(asked.detector).training.has_value();
  if (!trains) require_memory_to_fit(stage, std::ssize(dataset.normals()), asked);
  if (asked.estimate) log_estimate(stage, dataset, asked, context);
  TrainingFacts facts = training_facts(dataset, asked.reading, context);
  stage.preprocess.bits = facts.bits;
  FitOptions options = asked;
  options.reading = reading_for(stage.preprocess, asked.reading);
  const Normals normals{dataset.normals(), parts_among(std::move(facts.groups))};
  const Split split = split_normals(dataset.normals(), held_out_share(stage, options, trains),
                                    derive_seed(options.seed, "split"), normals.groups);
  const auto start = std::chrono::steady_clock::now();
  const double earlier_seconds = trains ? train_network(model, split, options, context) : 0;
  settle_precision(model, split, options, context);
  const double training_seconds =
      earlier_seconds + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const bool holds_out = trains || options.holdout > 0;
  const bool keep_all = !holds_out || (options.protocol == "paper" && !trains);
  const FittedScores fitted = holds_out ? fit_and_hold_out(stage, normals, split, keep_all, options, context)
                                        : fit_and_cross_fit(stage, normals, options, context);
  result.fit_seconds = training_seconds + fitted.fit_seconds;
  result.calibrate_seconds = fitted.calibrate_seconds;
  stage.calibration = calibration_from(fitted.honest, normals.groups, options.max_fpr);
  result.trials = summary_of(fitted.honest.trials, stage.calibration);
  describe(result, dataset, facts, keep_all ? all_of(normals.samples) : places_of(split.fit, normals.samples),
           fitted.honest);
  return result;
}

}  // namespace vigie

#include "vigie/pipeline/fit.h"

#include <algorithm>
#include <chrono>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/weights.h"
#include "vigie/core/log.h"
#include "vigie/core/random.h"
#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/image_features.h"
#include "vigie/pipeline/inspector.h"

namespace vigie {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void check(const Dataset& dataset, const FitOptions& options) {
  VIGIE_CHECK(dataset.train.size() >= 2, "fit", "{}: {} good image(s) to learn from; at least 2 are needed",
              dataset.root.string(), dataset.train.size());
  VIGIE_CHECK(options.holdout >= 0.02 && options.holdout <= 0.5, "fit", "--holdout {} is outside 0.02 … 0.5",
              options.holdout);
  VIGIE_CHECK(options.max_fpr >= 1e-6 && options.max_fpr <= 0.5, "fit", "--max-fpr {} is outside 0.000001 … 0.5",
              options.max_fpr);
  VIGIE_CHECK(options.protocol == "deploy" || options.protocol == "paper", "fit",
              "--protocol '{}' is neither deploy nor paper", options.protocol);
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

nlohmann::json complete_options(const DetectorInfo& info, const nlohmann::json& given) {
  nlohmann::json complete = info.options().to_json();
  complete.update(given);
  return complete;
}

// Everything of the model but what is learnt: network, preprocessing, options.
Model prepare(const Dataset& dataset, const FitOptions& options) {
  const DetectorInfo& info = detector_info(options.detector);
  Model model;
  model.detector = info.name;
  const auto detector = info.create(options.detector_options);  // refuses unknown options before anything slow
  model.detector_options = complete_options(info, options.detector_options);
  model.backbone = resolve_backbone(options.backbone);
  model.protocol = options.protocol;
  LoadedBackbone loaded = load_backbone(model.backbone, detector->layers());
  if (loaded.pool_fallback)
    log_warning("the {} weights at hand end early: 'pool' is taken from their last stage", model.backbone);
  model.network = nn::fold_batch_norms(loaded.network);
  model.preprocess = preprocess_of(options);
  model.postprocess = postprocess_of(options, info);
  model.provenance = {
      {"category", dataset.name}, {"layout", dataset.layout}, {"seed", options.seed}, {"holdout", options.holdout}};
  return model;
}

void learn(Model& model, const std::vector<Sample>& normals, const FitOptions& options, const RunContext& context) {
  const Engine engine(model.network);
  const ImageFeatureStream stream(normals, model.preprocess, options.reading, engine, context);
  const auto detector = detector_info(model.detector).create(model.detector_options);
  detector->fit(stream, {derive_seed(options.seed, "detector"), context});
  model.state = detector->state();
}

}  // namespace

std::string resolve_backbone(const std::string& name) {
  if (name != "auto") return name;
  const bool trained = find_weights("resnet18").has_value();
  if (trained) {
    log_info("backbone: resnet18 (its weights were found)");
    return "resnet18";
  }
  log_info("backbone: filters (no resnet18 weights at hand; 'vigie weights fetch resnet18' gets them)");
  return "filters";
}

Calibration calibrate_on(const Model& model, const std::vector<Sample>& normals, double max_fpr,
                         const ImageReadOptions& reading, const RunContext& context) {
  const Inspector inspector(model);
  std::vector<double> scores;
  std::vector<double> maxima;
  Progress progress(context, "calibration", static_cast<std::int64_t>(normals.size()));
  for_each_batch(normals, model.preprocess, reading, kBatchSize, [&](const Tensor& inputs, std::int64_t) {
    for (const Evidence& evidence : inspector.evidence(inputs)) {
      scores.push_back(evidence.score);
      if (evidence.map.empty()) continue;
      const auto values = evidence.map.values<float>();
      maxima.push_back(*std::max_element(values.begin(), values.end()));
    }
    progress.advance(inputs.dim(0));
  });
  return calibrate(scores, maxima, max_fpr);
}

FitResult fit_model(const Dataset& dataset, const FitOptions& options, const RunContext& context) {
  check(dataset, options);
  const auto start = std::chrono::steady_clock::now();
  const Split split = split_normals(dataset.train, options.holdout, derive_seed(options.seed, "split"));
  const bool keep_all = options.protocol == "paper";
  const std::vector<Sample>& learnt_from = keep_all ? dataset.train : split.fit;

  FitResult result;
  result.model = prepare(dataset, options);
  learn(result.model, learnt_from, options, context);
  result.fit_seconds = seconds_since(start);

  const auto calibration_start = std::chrono::steady_clock::now();
  Model judged = result.model;
  if (keep_all) learn(judged, split.fit, options, context);
  result.model.calibration = calibrate_on(judged, split.held_out, options.max_fpr, options.reading, context);
  result.calibrate_seconds = seconds_since(calibration_start);

  nlohmann::json& provenance = result.model.provenance;
  provenance["data_digest"] = digest_of(learnt_from, dataset.root);
  provenance["images_learnt"] = learnt_from.size();
  provenance["image_hashes"] = content_hashes(dataset.train);
  if (!result.model.calibration.warning.empty()) log_warning("{}", result.model.calibration.warning);
  return result;
}

}  // namespace vigie

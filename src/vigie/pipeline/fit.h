#pragma once

#include <string>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/model.h"
#include "vigie/pipeline/synthetic_trial.h"
#include "vigie/training/trainer.h"

namespace vigie {

/// What a method that trains a network needs besides its options.
struct TrainingSetup {
  const Trainer* trainer = nullptr;  ///< null: this program cannot train
  std::string preset = "paper";      ///< named settings of the method, under the given options; see NetworkTraining
  std::filesystem::path checkpoint;  ///< empty: none
  double checkpoint_seconds = 60;    ///< between two checkpoints
  bool resume = false;               ///< go on from the checkpoint when it exists
  TrainingLog* log = nullptr;        ///< may be null
};

/// How to learn an inspector.
struct FitOptions {
  std::string detector = "patchcore";
  nlohmann::json detector_options = nlohmann::json::object();  ///< only what differs from the defaults
  std::string backbone = "auto";    ///< "auto": resnet18 when its weights are at hand, else scout; the choice is logged
  std::string protocol = "deploy";  ///< "deploy" | "paper", see docs/protocols.md
  std::int64_t image_size = 0;      ///< side of the square network input, pixels; 0: the protocol's (256, paper 224)
  /// Share of the normals kept for the thresholds, 0.02 … 0.5. 0: none, the thresholds come from cross-fitting (of a
  /// method that trains a network from kTrainedHoldout of them).
  double holdout = 0;
  double max_fpr = kDefaultMaxFpr;  ///< wanted share of good parts rejected, 1e-6 … 0.5
  double sigma = 4.0;               ///< smoothing of the map, pixels of the network input
  std::string image_score;          ///< "map_max" | "detector"; empty: the method's own default
  std::string precision = "f32";    ///< "f32" | "bf16" | "int8" | "auto": the fastest that agrees with f32
  std::string int8_range = "mse";   ///< how int8 ranges are chosen: "mse" | "percentile" | "max"
  bool fast_fit = false;            ///< below f32: a coreset is picked from the lower precision's own features
  bool random_weights = false;      ///< for measuring time without the trained weights; the inspector is worthless
  std::uint64_t seed = 0;
  bool estimate = false;  ///< time a few images first, and log what the fit will take; see estimate.h
  ImageReadOptions reading;
  TrainingSetup training;  ///< only for methods that train a network
};

/// Share of the normals that a method which trains a network keeps for the thresholds unless told otherwise: training
/// it once a fold would take too long.
inline constexpr double kTrainedHoldout = 0.2;

struct FitResult {
  Model model;
  TrialSummary trials;           ///< synthetic defects at the chosen thresholds
  double fit_seconds = 0;        ///< reading, features and learning of the detector that is kept, earlier runs included
  double calibrate_seconds = 0;  ///< thresholds on normals the detector did not learn from
};

/// Learns from dataset.normals() and sets thresholds on scores by detectors that did not see the part; both protocols
/// alike:
///   by default the kept detector learns from all normals, and the thresholds come from cross-fitting (cross_fit.h);
///   with options.holdout > 0, `deploy` learns from 1 − holdout of the normals and calibrates on the rest; `paper`
///   learns from all, and a second detector that learnt from 1 − holdout judges the rest. A method that trains a
///   network trains once and keeps images for validation in any case: under `paper` the share that its options say,
///   which also set the thresholds; under `deploy` that share of what is not held out.
/// Near duplicates among the normals count as one part.
/// Never looks at dataset.test(), and leaves dataset.labelled() out with a line in the log. Throws InvalidArgument
/// (fewer than 2 normals, unknown names, and before any image is looked at where the fit would take more memory than
/// there is), NotFound (weights), Unsupported (a precision this processor lacks), Cancelled.
FitResult fit_model(const Dataset& dataset, const FitOptions& options, const RunContext& context);

/// The method's defaults under its preset under what was given. Throws InvalidArgument for an unknown detector, option
/// or preset.
nlohmann::json complete_options(const FitOptions& options);

/// What stands in place of a backbone's name where needs_backbone() is false.
inline constexpr const char* kNoBackbone = "none";

/// Whether options.backbone matters: not for a method that trains the whole of its network. Throws alike.
bool needs_backbone(const FitOptions& options);

/// "auto" resolved; other names unchanged.
std::string resolve_backbone(const std::string& name);

}  // namespace vigie

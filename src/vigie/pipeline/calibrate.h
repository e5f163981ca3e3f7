#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/model.h"

namespace vigie {

/// How to choose the thresholds of a finished model anew. At least one of rate, threshold, defects and parts is needed.
struct CalibrateOptions {
  std::optional<double> max_fpr = {};               ///< another wanted share of good parts rejected, 1e-6 … 0.5
  std::optional<double> threshold = {};             ///< the image threshold itself
  std::vector<std::filesystem::path> defects = {};  ///< images of known defects that should be rejected
  double max_miss = 0;                              ///< share of `defects` that may pass, 0 … below 1
  bool accept_rejected = false;  ///< take new good parts though the model rejects more of them than it should
  std::uint64_t seed = 0;        ///< of the synthetic defects drawn on new parts
  ImageReadOptions reading = {};
};

/// Chooses the thresholds anew; the replaced ones are kept in its stage's
/// previous_calibration.
///   parts     new good parts, which replace those whose scores the model keeps; empty: the kept scores serve.
///   max_fpr   at another wanted rate; without it the one the model has.
///   threshold as given, when it is.
///   defects   the highest thresholds that find 1 − max_miss of them.
/// The model runs in what this processor has from then on (thresholds hold for one number format).
/// Throws InvalidArgument when parts were seen before, when the present threshold rejects so many of them that they are
/// hardly good (unless accept_rejected), when two of threshold, max_fpr and defects are asked for, or nothing is;
/// Unsupported for a model of several stages.
void calibrate_model(Model& model, std::span<const Sample> parts, const CalibrateOptions& options,
                     const RunContext& context);

/// Takes the thresholds back that the last calibrate_model() replaced; called twice it changes nothing. Throws
/// InvalidArgument when there are none.
void restore_calibration(Model& model);

}  // namespace vigie

#pragma once

#include <span>
#include <vector>

#include "vigie/pipeline/cross_fit.h"
#include "vigie/pipeline/fit.h"

namespace vigie {

/// The normals of a fit and the group of each: photographs of one part share a group (data/near_duplicates.h).
struct Normals {
  std::span<const Sample> samples;
  std::vector<std::int64_t> groups;
};

/// 0 … samples.size() − 1.
std::vector<std::int64_t> all_of(std::span<const Sample> samples);

/// The index of each of `some` in `all`, by their images.
std::vector<std::int64_t> places_of(std::span<const Sample> some, std::span<const Sample> all);

/// Honest scores and what they cost.
struct FittedScores {
  HonestScores honest;
  double fit_seconds = 0;        ///< of the kept detector, reading and features included
  double calibrate_seconds = 0;  ///< of the scores
};

/// Fits the kept detector (stage.state) on all normals and scores each by cross-fitting. Images are read once when
/// their features fit in memory.
FittedScores fit_and_cross_fit(Stage& stage, const Normals& normals, const FitOptions& options,
                               const RunContext& context);

/// Fits the kept detector on split.fit, or on all normals when `keep_all`, and scores split.held_out by a detector that
/// learnt from split.fit.
FittedScores fit_and_hold_out(Stage& stage, const Normals& normals, const Split& split, bool keep_all,
                              const FitOptions& options, const RunContext& context);

/// Scores `samples` by a fitted stage, with synthetic defects on up to 16 of them.
HonestScores scores_by(const Stage& stage, std::span<const Sample> samples, const ImageReadOptions& reading,
                       std::uint64_t seed, const RunContext& context);

/// One score a part: the highest of its photographs, since a threshold must pass them all. groups: per image that
/// honest.images may name. Throws what calibrate() throws.
Calibration calibration_from(const HonestScores& honest, const std::vector<std::int64_t>& groups, double max_fpr);

}  // namespace vigie

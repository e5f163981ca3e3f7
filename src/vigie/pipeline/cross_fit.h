#pragma once

#include <optional>
#include <vector>

#include "vigie/pipeline/feature_pool.h"
#include "vigie/pipeline/stage.h"
#include "vigie/pipeline/synthetic_trial.h"

namespace vigie {

/// Scores of good parts by detectors that did not learn from them.
struct HonestScores {
  std::vector<std::int64_t> images;  ///< index of each in the list of normals, ascending
  std::vector<double> scores;        ///< image scores, one an image
  std::vector<double> maxima;        ///< largest map value, one an image; empty without maps
  std::vector<Trial> trials;         ///< synthetic defects on some of them
  std::int64_t folds = 0;            ///< detectors that were fitted; 0: the images were held out
};

/// Parts that synthetic defects are drawn on, unless told otherwise.
inline constexpr std::int64_t kTriedParts = 16;

/// Synthetic defects are drawn on every so many-th of `images`, the first one included, so that at most `tried` of them
/// are tried; at least 1. tried >= 1.
std::int64_t tried_step(std::int64_t images, std::int64_t tried = kTriedParts);

/// What cross_fit() works on.
struct CrossFit {
  const Stage& stage;                       ///< prepared; its state is not used
  std::span<const Sample> samples;          ///< the normals of the pool
  const FeaturePool& features;              ///< in the stage's precision
  std::span<const std::int64_t> places;     ///< of each normal in the pool
  const FeaturePool* exact = nullptr;       ///< the same in F32 for what a detector picks; null: `features`
  const Engine& engine;                     ///< of the stage, for the synthetic defects
  const std::vector<std::int64_t>& groups;  ///< per sample; photographs of one part share a group, and so a fold
  ImageReadOptions reading;
  double max_fpr = kDefaultMaxFpr;
  std::uint64_t seed = 0;
  std::int64_t tried_parts = kTriedParts;  ///< parts that synthetic defects are drawn on
};

/// How many folds `groups` parts are dealt into: 10 for up to 40 parts, where each part counts, else 5; never more
/// than parts.
std::int64_t fold_count(std::int64_t groups);

/// How many honest scores are enough: three times as many as verify the wanted rate, at least 100.
std::int64_t enough_scores(double max_fpr);

/// The fold of every sample: groups in a seeded order dealt out one by one, so that folds differ by at most one group.
std::vector<std::int64_t> folds_of(const std::vector<std::int64_t>& groups, std::int64_t folds, std::uint64_t seed);

/// K-fold cross-fitting: for each fold a detector learns from all other folds and judges this one, so that n parts give
/// n honest scores and the kept detector may learn from all of them. Its own scores of new parts lie slightly below
/// (it knows more parts), so thresholds err on the side of fewer false rejects, as in cross-conformal prediction (Vovk
/// 2015). Stops after the fold that makes enough_scores(). Cost: at most K fits and n predictions.
HonestScores cross_fit(const CrossFit& request, const RunContext& context);

}  // namespace vigie

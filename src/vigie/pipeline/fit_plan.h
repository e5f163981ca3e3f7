#pragma once

#include <cstdint>

#include "vigie/pipeline/fit.h"

namespace vigie {

/// What a fit does, in numbers of images: from its options alone, before any image is read. For methods that train no
/// network. Near duplicates are not known yet: every image counts as a part.
struct FitPlan {
  std::int64_t images = 0;        ///< all normals
  std::int64_t learnt = 0;        ///< by the kept detector
  std::int64_t refits = 0;        ///< further detectors, for the thresholds
  std::int64_t refit_learnt = 0;  ///< images that each of these learns from
  std::int64_t judged = 0;        ///< scored for the thresholds
  std::int64_t tried = 0;         ///< of these, drawn synthetic defects on
  std::int64_t folds = 0;         ///< 0: images are held out
  std::int64_t passes = 1;        ///< 2: features in F32 for the picks, and in the model's precision

  /// Images that what judges them learnt from.
  std::int64_t judge_learnt() const { return refits > 0 ? refit_learnt : learnt; }
  /// Runs of the network, one an image. `kept`: features are computed once and kept for all folds.
  std::int64_t network_runs(bool kept) const;
};

FitPlan plan_of(std::int64_t images, const FitOptions& options);

}  // namespace vigie

#pragma once

#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/pipeline/fit.h"

namespace vigie {

/// What a fit will take.
struct FitEstimate {
  std::string detector;
  std::int64_t images = 0;
  std::int64_t folds = 0;       ///< 0: images are held out
  bool trains = false;          ///< seconds are one reading of the images, which is all that can be told; bytes are 0
  double seconds = 0;           ///< from now on
  std::int64_t bytes = 0;       ///< the process's peak
  double held_out_seconds = 0;  ///< with kTrainedHoldout of the images held out; 0: they are already
};

/// Times a few of the normals of `dataset` on their way through `stage` (prepared, not fitted): decoding, network, the
/// method itself, scores, synthetic defects; and reckons the rest with the numbers of images and the method's own
/// fit_cost(). Costs about what 30 images cost. Times a precision below F32 as F32. Throws what reading and fitting
/// throw, Cancelled.
FitEstimate estimate_fit(const Stage& stage, const Dataset& dataset, const FitOptions& options,
                         const RunContext& context);

/// Throws InvalidArgument when learning from so many images would hold more memory than there is; looks at shapes only.
/// For methods that train no network.
void require_memory_to_fit(const Stage& stage, std::int64_t images, const FitOptions& options);

/// "estimate: 21 s and 1.4 GB (209 images, patchcore, 5 folds); --holdout 0.2 would take 6 s"
std::string text_of(const FitEstimate& estimate);

}  // namespace vigie

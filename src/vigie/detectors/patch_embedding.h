#pragma once

#include "vigie/detectors/feature_layout.h"

namespace vigie {

/// How patches become vectors, as in PatchCore (arXiv 2106.08265, section 3.1).
struct PatchEmbedding {
  std::int64_t patch_size = 3;  ///< odd; side of the neighbourhood averaged around each cell, zeros beyond the border
  bool adaptive = false;        ///< reduce each layer, then the whole, to fixed dimensions as the authors' code does
  std::int64_t preprocess_dim = 1024;  ///< adaptive: dimensions per layer
  std::int64_t target_dim = 1024;      ///< adaptive: dimensions of the result

  /// D: dimensions of a patch vector.
  std::int64_t dims(const FeatureLayout& layout) const;
  /// Features of B images -> F32 [B h w D] at the first layer's grid.
  /// Plain: every layer averaged over patches, brought to the grid bilinearly, concatenated.
  /// Adaptive: each patch unfolded to C·patch² values, these averaged into preprocess_dim bins; brought to the grid;
  /// the layers' bins side by side averaged into target_dim bins.
  Tensor embed(const Features& features) const;
};

}  // namespace vigie

#pragma once

#include "vigie/nn/graph.h"

namespace vigie {

// The two networks of CutPaste (Li et al., CVPR 2021, arXiv 2104.04015).

/// The backbone up to its output "pool" [B 1 1 D], given out as "embedding".
nn::Graph cutpaste_encoder(const nn::Graph& backbone);

struct CutPasteHeadSpec {
  std::int64_t channels = 512;  ///< D of the embedding
  std::int64_t hidden = 1;      ///< layers of `width` units before the one of 128
  std::int64_t width = 512;
  std::int64_t classes = 3;  ///< normal, CutPaste, scar
};

/// embedding [B 1 1 D] -> "logits" [B 1 1 classes]: hidden layers with batch norm and ReLU, of `width` units and at
/// last of 128, then a linear one. Parameters "head.0 …", "head.logits". Only for training.
nn::Graph cutpaste_head(const CutPasteHeadSpec& spec);

}  // namespace vigie

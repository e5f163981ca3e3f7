#pragma once

#include <vector>

#include "vigie/decision/postprocess.h"
#include "vigie/detectors/detector.h"

namespace vigie {

/// Raw evidence of one image after post-processing.
struct Evidence {
  float score = 0;  ///< raw image score
  Tensor map;       ///< F32 [H W] at network-input size, smoothed; empty when the method has no map
};

/// A detector's result at the network-input size of height x width pixels.
Evidence evidence_from(const RawResult& raw, std::int64_t height, std::int64_t width, const Postprocess& postprocess);

}  // namespace vigie

#pragma once

#include <cstdint>
#include <vector>

#include "vigie/evaluation/evaluation.h"
#include "vigie/metrics/overlap.h"

namespace vigie {

using EvidenceList = std::vector<const ImageEvidence*>;

/// Whether an image takes part in pixel metrics. A defect without pixel labels would count as normal everywhere: it
/// stays out.
bool has_pixel_evidence(const ImageEvidence& image);

/// The images that take part in pixel metrics, in order.
EvidenceList pixel_evidence(const std::vector<ImageEvidence>& images);

/// Maps and masks of a list; they share its memory.
std::vector<ScoredMap> scored_maps(const EvidenceList& list);

/// Pixels of the mask that are set; 0 without a mask.
std::int64_t defect_pixels(const ImageEvidence& image);

}  // namespace vigie

#pragma once

#include <vector>

#include "vigie/evaluation/evaluation.h"

namespace vigie {

using EvidenceList = std::vector<const ImageEvidence*>;

/// Whether an image takes part in pixel metrics. A defect without pixel labels would count as normal everywhere: it
/// stays out.
bool has_pixel_evidence(const ImageEvidence& image);

/// Pixels of the mask that are set; 0 without a mask.
std::int64_t defect_pixels(const ImageEvidence& image);

/// Map values of all pixels of the list, defect pixels against all others. Memory: two floats a pixel while sorting,
/// then one.
SortedScores sorted_pixels(const EvidenceList& list);

}  // namespace vigie

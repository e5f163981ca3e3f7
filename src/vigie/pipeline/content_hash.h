#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vigie/data/dataset.h"
#include "vigie/pipeline/model.h"

namespace vigie {

/// 64-bit hash of a file's bytes, hex; tells whether a test image was learnt from.
std::string content_hash(std::string_view bytes);

/// Of each sample's image.
std::vector<std::string> content_hashes(std::span<const Sample> samples);

/// Samples whose file content was given to fit (learnt from, held out for the thresholds, or a labelled defect) or to
/// calibrate.
std::vector<Sample> samples_seen_by(const Model& model, std::span<const Sample> samples);

}  // namespace vigie

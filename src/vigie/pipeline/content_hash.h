#pragma once

#include <string>
#include <vector>

#include "vigie/data/dataset.h"
#include "vigie/pipeline/model.h"

namespace vigie {

/// 64-bit hash of each file's bytes, hex; tells whether a test image was learnt from.
std::vector<std::string> content_hashes(const std::vector<Sample>& samples);

/// Samples whose file content the model has seen: learnt from, held out for the thresholds, or given to calibrate.
std::vector<Sample> samples_seen_by(const Model& model, const std::vector<Sample>& samples);

}  // namespace vigie

#pragma once

#include <set>
#include <string>
#include <vector>

#include "vigie/data/dataset.h"

namespace vigie {

/// 64-bit hash of each file's bytes, hex; tells whether a test image was learnt from.
std::vector<std::string> content_hashes(const std::vector<Sample>& samples);

/// Samples whose file content is among `hashes`.
std::vector<Sample> samples_among(const std::vector<Sample>& samples, const std::set<std::string>& hashes);

}  // namespace vigie

#pragma once

#include <vector>

#include "vigie/data/file_facts.h"
#include "vigie/data/findings.h"

namespace vigie {

/// Images with the same pixels: a test image that is also in train is leakage, two test images of different labels
/// contradict each other (Errors); repetition within train or within test is a Warning.
void check_duplicates(const std::vector<SampleFacts>& facts, Findings& findings);

}  // namespace vigie

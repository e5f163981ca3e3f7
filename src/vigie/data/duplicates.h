#pragma once

#include <vector>

#include "vigie/data/file_facts.h"
#include "vigie/data/findings.h"

namespace vigie {

/// Images with the same pixels: a test image that is also in train, good or not, is leakage; a good part and a defect
/// within train or within test contradict each other (Errors); other repetition within train or within test is a
/// Warning.
void check_duplicates(const std::vector<SampleFacts>& facts, Findings& findings);

}  // namespace vigie

#pragma once

#include <vector>

#include "vigie/data/file_facts.h"
#include "vigie/data/findings.h"

// Parts of diagnose() in files of their own.
namespace vigie {

/// Masks that cannot be read, fit no picture, mark nothing, mark a good part, or look inverted; and how those were
/// understood that could be taken in two ways.
void check_masks(const std::vector<SampleFacts>& facts, Findings& findings);

/// How many of 16 bits the pictures use, and channels that nobody looks at.
void check_depth(const std::vector<SampleFacts>& facts, Findings& findings);

}  // namespace vigie

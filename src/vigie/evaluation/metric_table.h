#pragma once

#include <string>

#include "vigie/evaluation/evaluation.h"

namespace vigie {

/// Every number of one evaluation as text for the terminal: image level, pixel level, at the deployed threshold, per
/// defect type.
std::string table_from_evaluation(const Evaluation& evaluation);

}  // namespace vigie

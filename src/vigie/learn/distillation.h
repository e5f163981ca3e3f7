#pragma once

#include "vigie/training/distill.h"

namespace vigie::learn {

/// Trainer::distill.
TrainingResult distill(const DistillRequest& request, const RunContext& context);

}  // namespace vigie::learn

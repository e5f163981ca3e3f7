#pragma once

#include "vigie/core/precision.h"

namespace vigie {

/// What this processor can do in a number format: operations per second (a multiply-add counts two) of a 2048³ matrix
/// product through oneDNN on the calling thread's budget, the best of nine runs (under a second). 0 when
/// the format does not run here. The yardstick beside which achieved rates are shown.
double measure_limit(Precision precision);

}  // namespace vigie

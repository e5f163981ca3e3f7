#pragma once

#include "vigie/data/dataset.h"
#include "vigie/io/mask.h"

namespace vigie {

/// The sample's masks united, and how the first was understood; mask empty when it has none. Throws BadFile, naming the
/// file, when one cannot be read or differs in size from the first.
MaskReading read_sample_mask(const Sample& sample, const ImageReadOptions& reading = {});

}  // namespace vigie

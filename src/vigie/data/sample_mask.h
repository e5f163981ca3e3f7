#pragma once

#include "vigie/data/dataset.h"
#include "vigie/io/mask.h"

namespace vigie {

/// The sample's masks united, how the first was understood, and whether any is soft or turned by assumption; mask empty when it has none. Throws BadFile, naming the
/// file, when one cannot be read or differs in size from the first.
MaskReading read_sample_mask(const Sample& sample, const ImageReadOptions& reading = {});

}  // namespace vigie

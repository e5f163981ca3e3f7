#pragma once

#include "vigie/core/tensor.h"
#include "vigie/data/dataset.h"
#include "vigie/io/image.h"

namespace vigie {

/// The sample's masks united: U8 [H W], 1 where any of them marks; empty when it has none. Throws BadFile, naming the
/// file, when one cannot be read or differs in size from the first.
Tensor read_sample_mask(const Sample& sample, const ImageReadOptions& reading = {});

}  // namespace vigie

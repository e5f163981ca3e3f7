#pragma once

#include <vector>

#include "vigie/core/tensor.h"

namespace vigie::engine {

/// A weight as S8 with one scale per output channel, the largest magnitude of which becomes 127.
struct QuantisedWeight {
  Tensor elements;            ///< the weight's shape; S8 kept as bytes (U8)
  std::vector<float> scales;  ///< > 0; a channel of zeros gets the scale of the tensor's least channels
};

/// [O I kh kw] or [O I]; transposed convolutions [I O kh kw] with `out_axis` = 1. Elements are rounded to nearest, then
/// a few to the other side, such that the rounding errors of every kernel, and of every output channel, add up to less
/// than one: inputs have a mean far from zero, and it meets the sum of the errors (Guo et al. 2022, "SQuant").
QuantisedWeight quantise_weight(const Tensor& weight, int out_axis);

/// F32: elements times scales.
Tensor dequantised(const QuantisedWeight& weight, int out_axis);

}  // namespace vigie::engine

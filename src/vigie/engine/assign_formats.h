#pragma once

#include "vigie/core/precision.h"
#include "vigie/core/tensor.h"
#include "vigie/engine/program.h"
#include "vigie/nn/quantisation.h"

namespace vigie::engine {

/// An F32 program in `precision`: every value gets a format, and conversions become steps of their own, made once per
/// value and format and only where a reader needs them.
///   Int8: convolutions and linear layers read U8 or S8, unless a range is missing, quantisation.kept names them, or
///         int8 does not pay there (few channels per group). They write whatever their readers want.
///   BF16: everything computes on BF16, and so does in Int8 what is not int8 (F32 where BF16 does not run).
///   Exponentials, L2 norms and differences compute on F32, which their producers write for them; so do transposed
///   convolutions that are not int8.
///   Max pools, slices, concatenations, nearest upsampling and reshapes pass elements on; what they connect has one
///   common range.
/// Values that the caller takes are computed as F32, and rounded only for the readers inside.
Program assign_formats(const Program& program, Precision precision, const nn::Quantisation& quantisation);

/// Whether int8 makes an operation with this weight faster. It does not in grouped convolutions that widen a few
/// channels: they have no int8 kernel worth the name.
bool int8_pays(const nn::Node& node, const Shape& weight);

/// The format in which a step multiplies, given what it reads: S8, BF16 or F32.
ElementType weight_type(const Program& program, const Step& step);

}  // namespace vigie::engine

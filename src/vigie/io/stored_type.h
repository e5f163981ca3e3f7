#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "vigie/core/tensor.h"

namespace vigie {

/// Element types that weight files hold; more than Tensor knows. Internal to io/.
enum class StoredType : std::uint8_t { F64, F32, F16, BF16, I64, I32, I16, I8, U32, U16, U8, Bool };

std::size_t byte_size(StoredType type);

/// The Tensor type that receives a stored type: every float becomes F32, small integers widen, Bool becomes U8.
DType dtype_for(StoredType type);

/// Number of bytes of `shape` elements of `type`; nothing when an extent is negative or the product overflows.
std::optional<std::uint64_t> stored_bytes(StoredType type, const Shape& shape);

/// A dense tensor from `data`, which holds stored_bytes(type, shape) bytes: borrowed and kept alive by `owner` where
/// type and alignment allow it, else converted into memory of its own.
Tensor tensor_from_stored(StoredType type, const Shape& shape, const char* data, std::shared_ptr<void> owner);

/// IEEE binary16 and bfloat16 bits to float, exact (subnormals, infinities and NaN included).
float float_from_half(std::uint16_t bits);
float float_from_bfloat16(std::uint16_t bits);

}  // namespace vigie

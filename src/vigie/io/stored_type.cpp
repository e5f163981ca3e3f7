#include "vigie/io/stored_type.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace vigie {

namespace {

static_assert(std::endian::native == std::endian::little, "weight files are little-endian and are used in place");

template <typename From, typename To, typename Convert>
void convert_all(const char* source, Tensor& target, Convert&& convert) {
  for (To& value : target.values<To>()) {
    From stored;
    std::memcpy(&stored, source, sizeof stored);
    source += sizeof stored;
    value = convert(stored);
  }
}

template <typename From, typename To>
void widen(const char* source, Tensor& target) {
  convert_all<From, To>(source, target, [](From value) { return static_cast<To>(value); });
}

void fill_from_stored(StoredType type, const char* source, Tensor& target) {
  switch (type) {
    case StoredType::F64:
      return widen<double, float>(source, target);
    case StoredType::F16:
      return convert_all<std::uint16_t, float>(source, target, float_from_half);
    case StoredType::BF16:
      return convert_all<std::uint16_t, float>(source, target, float_from_bfloat16);
    case StoredType::I16:
      return widen<std::int16_t, std::int32_t>(source, target);
    case StoredType::I8:
      return widen<std::int8_t, std::int32_t>(source, target);
    case StoredType::U32:
      return widen<std::uint32_t, std::int64_t>(source, target);
    default:
      if (target.bytes() > 0) std::memcpy(target.raw(), source, target.bytes());
  }
}

bool same_in_memory(StoredType type) {
  switch (type) {
    case StoredType::F32:
    case StoredType::I64:
    case StoredType::I32:
    case StoredType::U16:
    case StoredType::U8:
    case StoredType::Bool:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::size_t byte_size(StoredType type) {
  switch (type) {
    case StoredType::F64:
    case StoredType::I64:
      return 8;
    case StoredType::F32:
    case StoredType::I32:
    case StoredType::U32:
      return 4;
    case StoredType::F16:
    case StoredType::BF16:
    case StoredType::I16:
    case StoredType::U16:
      return 2;
    case StoredType::I8:
    case StoredType::U8:
    case StoredType::Bool:
      return 1;
  }
  return 0;
}

DType dtype_for(StoredType type) {
  switch (type) {
    case StoredType::F64:
    case StoredType::F32:
    case StoredType::F16:
    case StoredType::BF16:
      return DType::F32;
    case StoredType::I64:
    case StoredType::U32:
      return DType::I64;
    case StoredType::I32:
    case StoredType::I16:
    case StoredType::I8:
      return DType::I32;
    case StoredType::U16:
      return DType::U16;
    case StoredType::U8:
    case StoredType::Bool:
      return DType::U8;
  }
  return DType::F32;
}

std::optional<std::uint64_t> stored_bytes(StoredType type, const Shape& shape) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 56;  // below the bound of count_of(), so that it never throws
  auto bytes = static_cast<std::int64_t>(byte_size(type));
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(bytes, extent, &bytes) || bytes > kLargest) return std::nullopt;
  }
  return static_cast<std::uint64_t>(bytes);
}

Tensor tensor_from_stored(StoredType type, const Shape& shape, const char* data, std::shared_ptr<void> owner) {
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % byte_size(type) == 0;
  if (owner != nullptr && aligned && same_in_memory(type)) {
    return Tensor::borrow(shape, dtype_for(type), const_cast<char*>(data), std::move(owner));
  }
  Tensor out(shape, dtype_for(type));
  fill_from_stored(type, data, out);
  return out;
}

float float_from_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1Fu;
  const std::uint32_t fraction = bits & 0x3FFu;
  if (exponent == 0) {  // zero or subnormal: a multiple of 2^-24
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign == 0 ? magnitude : -magnitude;
  }
  const std::uint32_t widened = exponent == 31 ? 255u : exponent + 112u;  // biases 15 and 127
  return std::bit_cast<float>(sign | widened << 23 | fraction << 13);
}

float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace vigie

#pragma once

#include <cstddef>
#include <cstdint>

#include "vigie/nn/quantisation.h"

namespace vigie::engine {

enum class ElementType { F32, BF16, U8, S8 };

/// How a value is written in memory: real = scale · element. The scale of F32 and BF16 is 1.
struct Format {
  ElementType type = ElementType::F32;
  float scale = 1;

  bool quantised() const { return type == ElementType::U8 || type == ElementType::S8; }
  bool operator==(const Format&) const = default;
};

std::size_t byte_size(ElementType type);

/// U8 with scale bound / 255, or S8 with scale bound / 127.
Format format_of(const nn::Quantisation::Range& range);

/// y = x in another format, rounded to nearest even; 8-bit integers saturate (U8 0 … 255, S8 -127 … 127), and NaN
/// becomes their least. On the thread budget. x and y must not overlap.
void convert(const void* x, const Format& from, void* y, const Format& to, std::int64_t count);

/// The upper half of a float: 8 bits of exponent, 7 of mantissa.
struct Bf16 {
  std::uint16_t bits = 0;

  Bf16() = default;
  explicit Bf16(float x) {
    const auto full = __builtin_bit_cast(std::uint32_t, x);
    const std::uint32_t rounded = full + 0x7fffU + (full >> 16 & 1U);  // to nearest even
    bits = static_cast<std::uint16_t>((x != x ? full | 0x400000U : rounded) >> 16);
  }
  explicit operator float() const { return __builtin_bit_cast(float, static_cast<std::uint32_t>(bits) << 16); }
};

}  // namespace vigie::engine

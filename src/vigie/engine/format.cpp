#include "vigie/engine/format.h"

#include <algorithm>
#include <cmath>

namespace vigie::engine {

namespace {

// Adding 1.5 · 2^23 leaves the nearest integer in a float's low bits: rounding that any vector unit can do.
constexpr float kRounder = 12582912.0F;

template <typename T>
T element_from(float x) {
  if constexpr (std::is_same_v<T, float>) {
    return x;
  } else if constexpr (std::is_same_v<T, Bf16>) {
    return Bf16(x);
  } else {
    constexpr float least = std::is_same_v<T, std::uint8_t> ? 0.0F : -127.0F;
    constexpr float most = std::is_same_v<T, std::uint8_t> ? 255.0F : 127.0F;
    const float above = x > least ? x : least;
    const float inside = above < most ? above : most;
    return static_cast<T>(__builtin_bit_cast(std::int32_t, inside + kRounder));
  }
}

template <typename From, typename To>
void convert_elements(const From* x, To* y, std::int64_t count, float factor) {
#pragma omp parallel for simd schedule(static) if (parallel : count > 16384)
  for (std::int64_t i = 0; i < count; ++i) y[i] = element_from<To>(static_cast<float>(x[i]) * factor);
}

/// Calls body with a pointer of the type's element.
template <typename Body>
void with_elements(ElementType type, const void* data, const Body& body) {
  switch (type) {
    case ElementType::F32:
      return body(static_cast<const float*>(data));
    case ElementType::BF16:
      return body(static_cast<const Bf16*>(data));
    case ElementType::U8:
      return body(static_cast<const std::uint8_t*>(data));
    case ElementType::S8:
      return body(static_cast<const std::int8_t*>(data));
  }
}

}  // namespace

std::size_t byte_size(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return 4;
    case ElementType::BF16:
      return 2;
    default:
      return 1;
  }
}

Format format_of(const nn::Quantisation::Range& range) {
  constexpr double kLeast = 1e-30;  // so that neither a scale nor its inverse leaves the floats
  constexpr double kMost = 1e30;
  const double scale = std::clamp(range.bound / (range.negative ? 127 : 255), kLeast, kMost);
  return {range.negative ? ElementType::S8 : ElementType::U8, static_cast<float>(scale)};
}

void convert(const void* x, const Format& from, void* y, const Format& to, std::int64_t count) {
  const float factor = from.scale / to.scale;
  with_elements(from.type, x, [&](const auto* in) {
    with_elements(to.type, y, [&]<typename To>(const To*) {  // only for its type
      convert_elements(in, static_cast<To*>(y), count, factor);
    });
  });
}

}  // namespace vigie::engine

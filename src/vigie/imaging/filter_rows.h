#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "load_integers.h"  // of avx2/ or plain/, as CMakeLists.txt chooses

#include "vigie/imaging/lanes.h"
#include "vigie/imaging/resample_taps.h"

// The sums behind resize_antialiased(): along a row, and over the rows of a column. Internal to imaging/.
namespace vigie {

/// kCount consecutive values from `source` (any alignment), as Sum.
template <typename Sum, int kCount, typename T>
inline Lanes<Sum, kCount> load_as(const T* source) {
  if constexpr (std::is_same_v<Sum, T>)
    return load_lanes<kCount>(source);
  else
    return __builtin_convertvector(load_integers<kCount>(source), Lanes<Sum, kCount>);
}

/// Sums that are rounded and clipped to 8 bits, or kept as they are.
template <typename Out>
using SumOf = std::conditional_t<std::is_same_v<Out, std::uint8_t>, std::int32_t, float>;

template <typename Out>
constexpr SumOf<Out> start_of_sum() {
  if constexpr (std::is_same_v<Out, std::uint8_t>) return 1 << (kFractionBits - 1);
  return 0;
}

template <typename Out>
Out end_of_sum(SumOf<Out> sum) {
  if constexpr (std::is_same_v<Out, std::uint8_t>)
    return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
  else
    return sum;
}

/// One row of [W 3] pixels: all channels of a pixel in one register, whose fourth lane takes along the next value. So
/// one value is read behind the row and one written.
template <typename In, typename Out>
void filter_row_of_colour(const In* source, Out* target, const Taps<SumOf<Out>>& taps) {
  using Sum = SumOf<Out>;
  const std::int64_t width = taps.size(), count = taps.count;
  for (std::int64_t x = 0; x < width; ++x) {
    const In* pixel = source + std::int64_t{taps.first[static_cast<std::size_t>(x)]} * 3;
    const Sum* weights = taps.weights(x);
    Lanes<Sum, 4> sums = Lanes<Sum, 4>{} + start_of_sum<Out>();
    for (std::int64_t t = 0; t < count; ++t) sums += weights[t] * load_as<Sum, 4>(pixel + t * 3);
    if constexpr (std::is_same_v<Out, Sum>)
      store_lanes<4>(sums, target + x * 3);
    else
      for (int c = 0; c < 3; ++c) target[x * 3 + c] = end_of_sum<Out>(sums[c]);
  }
}

/// One row of [W C] pixels. One value behind the source and the target row must exist, whatever it is.
template <typename In, typename Out>
void filter_row(const In* source, Out* target, const Taps<SumOf<Out>>& taps, std::int64_t channels) {
  if (channels == 3) return filter_row_of_colour(source, target, taps);
  const std::int64_t width = taps.size(), count = taps.count;
  for (std::int64_t x = 0; x < width; ++x) {
    const In* pixel = source + std::int64_t{taps.first[static_cast<std::size_t>(x)]} * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      SumOf<Out> sum = start_of_sum<Out>();
      for (std::int64_t t = 0; t < count; ++t)
        sum += taps.weights(x)[t] * static_cast<SumOf<Out>>(pixel[t * channels + c]);
      target[x * channels + c] = end_of_sum<Out>(sum);
    }
  }
}

/// Eight ends of sums at once.
template <typename Out>
void store_sums(const Lanes<SumOf<Out>, 8>& sums, Out* target) {
  if constexpr (std::is_same_v<Out, std::uint8_t>) {
    Lanes<std::int32_t, 8> values = sums >> kFractionBits;
    values = values < 0 ? 0 : values;
    values = values > 255 ? 255 : values;
    store_lanes<8>(__builtin_convertvector(values, Lanes<std::uint8_t, 8>), target);
  } else {
    store_lanes<8>(sums, target);
  }
}

/// One output row of `length` values from `count` source rows, `stride` values apart, in tiles whose sums stay in
/// registers.
template <typename In, typename Out>
void filter_columns(const In* source, std::int64_t stride, Out* target, std::int64_t length, const SumOf<Out>* weights,
                    std::int64_t count) {
  using Sum = SumOf<Out>;
  constexpr int kWide = 8, kParts = 4;
  std::int64_t i = 0;
  for (; i + kWide * kParts <= length; i += kWide * kParts) {
    Lanes<Sum, kWide> sums[kParts];
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) sums[p] = Lanes<Sum, kWide>{} + start_of_sum<Out>();
    for (std::int64_t t = 0; t < count; ++t) {
      const In* row = source + t * stride + i;
#pragma GCC unroll 4
      for (int p = 0; p < kParts; ++p) sums[p] += weights[t] * load_as<Sum, kWide>(row + p * kWide);
    }
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p) store_sums<Out>(sums[p], target + i + p * kWide);
  }
  for (; i < length; ++i) {
    Sum sum = start_of_sum<Out>();
    for (std::int64_t t = 0; t < count; ++t) sum += weights[t] * static_cast<Sum>(source[t * stride + i]);
    target[i] = end_of_sum<Out>(sum);
  }
}

}  // namespace vigie

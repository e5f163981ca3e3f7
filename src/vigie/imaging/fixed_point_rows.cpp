#include "vigie/imaging/fixed_point_rows.h"

#include "vigie/imaging/fixed_point_layout.h"

// filter() lies in avx2/ and plain/.
namespace vigie {

namespace {

/// Where in a group's 64 (colour) or 16 (grey) 16-bit weights the tap's part (0 upper, 1 lower) lies. Colour: each
/// pair of taps four times, once per channel and once unused; taps 4 … 7 in the upper half of a register.
void place_weight(std::int16_t* group, std::int64_t channels, std::int64_t tap, int part, std::int16_t value) {
  if (channels == 1) {
    group[part * kGroup + tap] = value;
    return;
  }
  const std::int64_t half = tap / 4, pair = tap % 4 / 2;
  std::int16_t* at = group + (pair * 2 + part) * 16 + half * 8 + tap % 2;
  for (int c = 0; c < 4; ++c) at[2 * c] = value;
}

}  // namespace

FixedPointRows::FixedPointRows(const Taps<std::int32_t>& taps, std::int64_t channels)
    : channels_(channels), groups_((taps.count + kGroup - 1) / kGroup) {
  const std::int64_t per_pixel = groups_ * weights_per_group(channels);
  weights_.assign(static_cast<std::size_t>(taps.size() * per_pixel), 0);
  for (std::int64_t x = 0; x < taps.size(); ++x) {
    first_.push_back(taps.first[static_cast<std::size_t>(x)] * channels);
    for (std::int64_t t = 0; t < taps.count; ++t) {
      std::int16_t* group = weights_.data() + x * per_pixel + t / kGroup * weights_per_group(channels);
      const std::int32_t weight = taps.weights(x)[t];
      place_weight(group, channels, t % kGroup, 0, static_cast<std::int16_t>(weight >> kSplit));
      place_weight(group, channels, t % kGroup, 1, static_cast<std::int16_t>(weight & ((1 << kSplit) - 1)));
    }
  }
}

}  // namespace vigie

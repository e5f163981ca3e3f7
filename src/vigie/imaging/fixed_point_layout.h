#pragma once

#include <cstdint>

// How FixedPointRows lays its weights down for its kernels. Internal to imaging/.
namespace vigie {

constexpr std::int64_t kGroup = 8;  // taps
constexpr int kSplit = 11;          // bits of a weight's lower part

constexpr std::int64_t weights_per_group(std::int64_t channels) {
  return channels == 1 ? 2 * kGroup : 8 * kGroup;
}

}  // namespace vigie

#pragma once

#include <bitset>
#include <cstdint>
#include <string>

#include "vigie/core/tensor.h"

// Cameras of 10, 12 and 14 bits store their samples in 16-bit files, and few programs agree on the scale: some leave
// 12 bits as 0 … 4095 (low-aligned), some multiply by 16, some repeat the upper bits. These functions tell which.
namespace vigie {

/// What the samples of U16 images use of their range; of several images by merging.
struct DepthUse {
  std::uint32_t largest = 0;
  std::bitset<256> low_bytes;  ///< which values the lower byte takes

  void merge(const DepthUse& other) {
    largest = std::max(largest, other.largest);
    low_bytes |= other.low_bytes;
  }
};
DepthUse depth_use_of(const Tensor& image);

/// 0 … 65535 for 16 bits.
constexpr std::uint32_t largest_of_bits(int bits) {
  return (std::uint32_t{1} << bits) - 1;
}

/// Samples with `bits` significant bits (8 … 16), by a tag that does not say whether they were scaled to the full
/// range: 16 where one is too large for low alignment, `bits` where low alignment alone explains them, 0 where all of
/// them are small and multiples of 2^(16 − bits) (or one more, where the scale was 65535 / (2^bits − 1)): dark and
/// scaled, or coarse and low-aligned.
int bits_from_tag(const DepthUse& use, int bits);

/// The fewest of 8, 10, 12, 14 and 16 bits that hold the samples: what the untagged images of a whole set use, since
/// one image may be dark.
int bits_from_values(const DepthUse& use);

/// U16 samples 0 … 2^bits − 1, 8 <= bits <= 16, brought to 0 … 65535 in a copy; 65535 = white. A few larger samples (up
/// to 1 % of them: glints of the same camera) become white; more throw BadFile "name: uses 16 bits …".
Tensor stretched(const Tensor& image, int bits, const std::string& name);

}  // namespace vigie

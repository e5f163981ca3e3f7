#include "vigie/io/depth.h"

#include <algorithm>

#include "vigie/core/error.h"

namespace vigie {

namespace {

constexpr double kGlints = 0.01;  // share of the samples that may lie above white

/// Values 0 … 65535 at full range, for samples of `bits`.
std::uint16_t stretched_sample(std::uint32_t sample, std::uint32_t white) {
  return static_cast<std::uint16_t>((std::min(sample, white) * std::uint64_t{65535} + white / 2) / white);
}

}  // namespace

DepthUse depth_use_of(const Tensor& image) {
  DepthUse use;
  for (const std::uint16_t sample : image.values<std::uint16_t>()) {
    use.largest = std::max<std::uint32_t>(use.largest, sample);
    use.low_bytes.set(sample & 0xFF);
  }
  return use;
}

int bits_from_tag(const DepthUse& use, int bits) {
  if (bits == 16 || use.largest > largest_of_bits(bits)) return 16;
  const std::size_t step = std::size_t{1} << (16 - bits);
  for (std::size_t low = 0; low < use.low_bytes.size(); ++low)
    if (use.low_bytes[low] && low % step > 1) return bits;
  return 0;
}

int bits_from_values(const DepthUse& use) {
  for (const int bits : {8, 10, 12, 14})
    if (use.largest <= largest_of_bits(bits)) return bits;
  return 16;
}

Tensor stretched(const Tensor& image, int bits, const std::string& name) {
  VIGIE_CHECK(bits >= 8 && bits <= 16, "read_image", "bits must be 8 to 16, got {}", bits);
  if (bits == 16) return image;
  const std::uint32_t white = largest_of_bits(bits);
  Tensor out(image.shape(), DType::U16);
  std::int64_t above = 0;
  std::uint32_t largest = 0;
  auto* target = out.data<std::uint16_t>();
  for (const std::uint16_t sample : image.values<std::uint16_t>()) {
    above += sample > white;
    largest = std::max<std::uint32_t>(largest, sample);
    *target++ = stretched_sample(sample, white);
  }
  const double share = static_cast<double>(above) / static_cast<double>(std::max<std::int64_t>(image.count(), 1));
  if (share > kGlints)
    fail(ErrorKind::BadFile, "read_image",
         "{}: uses {} bits (largest value {}, {:.0f} % of its samples above {}) where {} are expected: of the training "
         "set, or as 'bits' says",
         name, bits_from_values({largest, {}}), largest, 100 * share, white, bits);
  return out;
}

}  // namespace vigie

#include <immintrin.h>

#include <cstring>
#include <type_traits>

#include "vigie/imaging/fixed_point_layout.h"
#include "vigie/imaging/fixed_point_rows.h"

namespace vigie {

namespace {

constexpr int kRound = 1 << (kFractionBits - 1);

__m256i load_256(const std::int16_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

__m128i load_128(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// Sums of 32 bits, four of each of up to four rows, as bytes.
__m128i bytes_of_sums(__m128i a, __m128i b, __m128i c, __m128i d) {
  const __m128i ab = _mm_packus_epi32(_mm_srai_epi32(a, kFractionBits), _mm_srai_epi32(b, kFractionBits));
  const __m128i cd = _mm_packus_epi32(_mm_srai_epi32(c, kFractionBits), _mm_srai_epi32(d, kFractionBits));
  return _mm_packus_epi16(ab, cd);
}

void store_word(int bytes, std::uint8_t* target) {
  std::memcpy(target, &bytes, sizeof bytes);
}

/// One colour pixel of kRows rows (1 or 4); `source` and `target` point at the first row's. The rows share the loaded
/// weights.
template <int kRows>
void filter_colour_pixel(const std::uint8_t* source, std::int64_t source_stride, std::uint8_t* target,
                         std::int64_t target_stride, const std::int16_t* weights, std::int64_t groups) {
  // Of 12 bytes r g b r g b …: 16-bit pairs (r0 r1) (g0 g1) (b0 b1) and a zero pair; then of the next two pixels.
  const __m256i near =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
  const __m256i far =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));
  __m256i upper[kRows], lower[kRows];
  for (int r = 0; r < kRows; ++r) upper[r] = lower[r] = _mm256_setzero_si256();
  for (std::int64_t g = 0; g < groups; ++g, source += 3 * kGroup, weights += 8 * kGroup) {
    for (int r = 0; r < kRows; ++r) {
      const std::uint8_t* taps = source + r * source_stride;
      const __m256i pixels = _mm256_inserti128_si256(_mm256_castsi128_si256(load_128(taps)), load_128(taps + 12), 1);
      const __m256i a = _mm256_shuffle_epi8(pixels, near), b = _mm256_shuffle_epi8(pixels, far);
      upper[r] = _mm256_add_epi32(upper[r], _mm256_add_epi32(_mm256_madd_epi16(a, load_256(weights)),
                                                             _mm256_madd_epi16(b, load_256(weights + 32))));
      lower[r] = _mm256_add_epi32(lower[r], _mm256_add_epi32(_mm256_madd_epi16(a, load_256(weights + 16)),
                                                             _mm256_madd_epi16(b, load_256(weights + 48))));
    }
  }
  __m128i sums[4] = {};
  for (int r = 0; r < kRows; ++r) {
    const __m256i halves = _mm256_add_epi32(_mm256_slli_epi32(upper[r], kSplit), lower[r]);
    const __m128i both = _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    sums[r] = _mm_add_epi32(both, _mm_set1_epi32(kRound));
  }
  const __m128i bytes = bytes_of_sums(sums[0], sums[1], sums[2], sums[3]);
  store_word(_mm_cvtsi128_si32(bytes), target);
  if constexpr (kRows == 4) {
    store_word(_mm_extract_epi32(bytes, 1), target + target_stride);
    store_word(_mm_extract_epi32(bytes, 2), target + 2 * target_stride);
    store_word(_mm_extract_epi32(bytes, 3), target + 3 * target_stride);
  }
}

/// As filter_colour_pixel, of one channel.
template <int kRows>
void filter_grey_pixel(const std::uint8_t* source, std::int64_t source_stride, std::uint8_t* target,
                       std::int64_t target_stride, const std::int16_t* weights, std::int64_t groups) {
  __m128i upper[4] = {}, lower[4] = {};
  for (std::int64_t g = 0; g < groups; ++g, source += kGroup, weights += 2 * kGroup) {
    for (int r = 0; r < kRows; ++r) {
      const __m128i taps = _mm_cvtepu8_epi16(_mm_loadu_si64(source + r * source_stride));
      upper[r] = _mm_add_epi32(upper[r], _mm_madd_epi16(taps, load_128(weights)));
      lower[r] = _mm_add_epi32(lower[r], _mm_madd_epi16(taps, load_128(weights + kGroup)));
    }
  }
  for (int r = 0; r < kRows; ++r) lower[r] = _mm_add_epi32(_mm_slli_epi32(upper[r], kSplit), lower[r]);
  const __m128i sums = _mm_hadd_epi32(_mm_hadd_epi32(lower[0], lower[1]), _mm_hadd_epi32(lower[2], lower[3]));
  const __m128i rounded = _mm_add_epi32(sums, _mm_set1_epi32(kRound));
  const auto bytes = static_cast<std::uint32_t>(_mm_cvtsi128_si32(bytes_of_sums(rounded, rounded, rounded, rounded)));
  for (int r = 0; r < kRows; ++r) target[r * target_stride] = static_cast<std::uint8_t>(bytes >> (8 * r));
}

}  // namespace

bool FixedPointRows::available() {
  return true;
}

void FixedPointRows::filter(const std::uint8_t* source, std::int64_t source_stride, std::uint8_t* target,
                            std::int64_t target_stride, std::int64_t rows) const {
  const std::int64_t per_pixel = groups_ * weights_per_group(channels_);
  const auto block = [&]<int kRows>(std::integral_constant<int, kRows>) {
    for (std::size_t x = 0; x < first_.size(); ++x) {
      const std::int16_t* weights = weights_.data() + static_cast<std::int64_t>(x) * per_pixel;
      std::uint8_t* pixel = target + static_cast<std::int64_t>(x) * channels_;
      if (channels_ == 3)
        filter_colour_pixel<kRows>(source + first_[x], source_stride, pixel, target_stride, weights, groups_);
      else
        filter_grey_pixel<kRows>(source + first_[x], source_stride, pixel, target_stride, weights, groups_);
    }
    source += kRows * source_stride;
    target += kRows * target_stride;
  };
  std::int64_t y = 0;
  for (; y + 4 <= rows; y += 4) block(std::integral_constant<int, 4>());
  for (; y < rows; ++y) block(std::integral_constant<int, 1>());
}

}  // namespace vigie

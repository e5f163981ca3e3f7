#include <immintrin.h>

#include "vigie/imaging/stretch_row.h"

namespace vigie {

void RowStretcher::stretch_by_permutation(const float* source, float* target) const {
  const std::int64_t width = columns_.size();
  std::int64_t x = 0;
  const auto integers = [](const std::int32_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  };
  for (; x + kWide <= width; x += kWide) {
    const float* start = source + columns_.low[static_cast<std::size_t>(x)];
    const __m256i high = integers(high_.data() + x), one = _mm256_set1_epi32(1);
    // High neighbours lie at 0 … 8: from the second load. One at 0 is the border's, equal to the low one.
    const __m256 first = _mm256_loadu_ps(start), second = _mm256_loadu_ps(start + 1);
    const __m256 a = _mm256_permutevar8x32_ps(first, integers(low_.data() + x));
    const __m256 beyond = _mm256_permutevar8x32_ps(second, _mm256_sub_epi32(high, one));
    const __m256 b = _mm256_blendv_ps(beyond, a, _mm256_castsi256_ps(_mm256_cmpgt_epi32(one, high)));
    const __m256 share = _mm256_loadu_ps(columns_.share.data() + x);
    const __m256 rest = _mm256_sub_ps(_mm256_set1_ps(1), share);
    _mm256_storeu_ps(target + x, _mm256_add_ps(_mm256_mul_ps(a, rest), _mm256_mul_ps(b, share)));
  }
  for (; x < width; ++x) {
    const auto at = static_cast<std::size_t>(x);
    mix(source + columns_.low[at], source + columns_.high[at], columns_.share[at], target + x, 1);
  }
}

}  // namespace vigie

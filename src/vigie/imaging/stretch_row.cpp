#include "vigie/imaging/stretch_row.h"

#include <algorithm>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace vigie {

namespace {

constexpr std::int64_t kWide = 8;

#ifdef __AVX2__
constexpr bool kCanPermute = true;
#else
constexpr bool kCanPermute = false;
#endif

}  // namespace

BilinearNeighbours::BilinearNeighbours(std::int64_t in, std::int64_t out)
    : low(static_cast<std::size_t>(out)), high(low.size()), share(low.size()) {
  const float scale = static_cast<float>(in) / static_cast<float>(out);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const float position = std::max((static_cast<float>(i) + 0.5F) * scale - 0.5F, 0.0F);
    const auto below = std::min(static_cast<std::int64_t>(position), in - 1);
    low[i] = static_cast<std::int32_t>(below);
    high[i] = static_cast<std::int32_t>(std::min(below + 1, in - 1));
    share[i] = position - static_cast<float>(below);
  }
}

RowStretcher::RowStretcher(std::int64_t in, std::int64_t out, std::int64_t channels)
    : columns_(in, out), in_(in), channels_(channels), permutes_(kCanPermute && channels == 1 && in <= out) {
  if (!permutes_) return;
  for (std::size_t x = 0; x < columns_.low.size(); ++x) {
    const std::int32_t start = columns_.low[x / kWide * kWide];
    low_.push_back(columns_.low[x] - start);
    high_.push_back(columns_.high[x] - start);
    permutes_ = permutes_ && low_.back() < kWide && high_.back() <= kWide;
  }
}

void RowStretcher::stretch_by_permutation(const float* source, float* target) const {
  const std::int64_t width = columns_.size();
  std::int64_t x = 0;
#ifdef __AVX2__
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
#endif
  for (; x < width; ++x) {
    const auto at = static_cast<std::size_t>(x);
    mix(source + columns_.low[at], source + columns_.high[at], columns_.share[at], target + x, 1);
  }
}

void RowStretcher::stretch(const float* source, float* target) const {
  if (in_ == columns_.size()) {
    std::copy_n(source, in_ * channels_, target);
  } else if (permutes_) {
    stretch_by_permutation(source, target);
  } else {
    for (std::int64_t x = 0; x < columns_.size(); ++x) {
      const auto at = static_cast<std::size_t>(x);
      mix(source + columns_.low[at] * channels_, source + columns_.high[at] * channels_, columns_.share[at],
          target + x * channels_, channels_);
    }
  }
}

}  // namespace vigie

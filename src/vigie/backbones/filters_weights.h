#pragma once

#include <cstdint>

/// Sizes that the filter bank's graph and weights share (filters.h tells what they are for).
namespace vigie::filter_bank {

inline constexpr int kScales = 4;
inline constexpr std::int64_t kColours = 3;        ///< luminance, red-green, blue-yellow
inline constexpr std::int64_t kDirections = 8;     ///< of luminance filters
inline constexpr std::int64_t kFewDirections = 4;  ///< of colour filters and of the second order
/// Even and odd filters of luminance (8 directions) and of both chromatic channels (4 directions each).
inline constexpr std::int64_t kFilters = 2 * (kDirections + 2 * kFewDirections);
inline constexpr std::int64_t kEnergies = 3 * kDirections + 2 * kFewDirections;
inline constexpr std::int64_t kOriented = kDirections + 2 * kFewDirections;
inline constexpr std::int64_t kSecondFilters = 2 * kFewDirections;  ///< even and odd, per channel
inline constexpr std::int64_t kSecondEnergies = kOriented * kFewDirections;
inline constexpr std::int64_t kBankSize = 7;
inline constexpr std::int64_t kSecondSize = 5;
inline constexpr std::int64_t kBlurSize = 5;

}  // namespace vigie::filter_bank

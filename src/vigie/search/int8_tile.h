#pragma once

#include <cstdint>

namespace vigie {

constexpr std::int64_t kTileQueries = 6;
constexpr std::int64_t kTileRows = 64;

/// 64 bank rows, `steps` groups of 4 dimensions.
struct Int8Tile {
  const std::int8_t* codes;    ///< [steps 64 4]
  const std::int32_t* start;   ///< [64] −128 · sum of the row's codes: undoes the queries' offset
  const float *inverse_scale,  ///< [64] a
      *norm,                   ///< [64] n
      *error;                  ///< [64] e
};

/// 6 queries; of each, when a row is kept: product >= constant · a + weight · n − reach · e.
struct Int8Queries {
  const std::uint8_t* codes;  ///< [6 4·steps], each code + 128
  const float *constant, *weight, *reach;
};

/// products[q][r] = codes of query q · codes of row r; bit r of masks[q]: row r is kept (also when the comparison is
/// with not-a-number). Needs AVX512-VNNI; in a build for other processors
/// than x86 it is int8_tile_reference().
void int8_tile(const Int8Tile& tile, const Int8Queries& queries, std::int64_t steps,
               std::int32_t products[kTileQueries][kTileRows], std::uint64_t masks[kTileQueries]);

/// The same in plain loops.
void int8_tile_reference(const Int8Tile& tile, const Int8Queries& queries, std::int64_t steps,
                         std::int32_t products[kTileQueries][kTileRows], std::uint64_t masks[kTileQueries]);

}  // namespace vigie

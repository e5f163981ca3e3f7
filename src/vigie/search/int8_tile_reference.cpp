#include <cmath>

#include "vigie/search/int8_tile.h"

namespace vigie {

void int8_tile_reference(const Int8Tile& tile, const Int8Queries& queries, std::int64_t steps,
                         std::int32_t products[kTileQueries][kTileRows], std::uint64_t masks[kTileQueries]) {
  for (std::int64_t q = 0; q < kTileQueries; ++q) {
    masks[q] = 0;
    for (std::int64_t r = 0; r < kTileRows; ++r) {
      std::int32_t sum = tile.start[r];
      for (std::int64_t d = 0; d < 4 * steps; ++d)
        sum += queries.codes[q * 4 * steps + d] * tile.codes[(d / 4 * kTileRows + r) * 4 + d % 4];
      const float inner = std::fma(queries.weight[q], tile.norm[r], -(queries.reach[q] * tile.error[r]));
      const float threshold = std::fma(queries.constant[q], tile.inverse_scale[r], inner);
      products[q][r] = sum;
      if (!(static_cast<float>(sum) < threshold)) masks[q] |= std::uint64_t{1} << r;
    }
  }
}

}  // namespace vigie

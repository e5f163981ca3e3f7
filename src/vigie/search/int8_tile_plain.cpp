#include "vigie/search/int8_tile.h"

namespace vigie {

void int8_tile(const Int8Tile& tile, const Int8Queries& queries, std::int64_t steps,
               std::int32_t products[kTileQueries][kTileRows], std::uint64_t masks[kTileQueries]) {
  int8_tile_reference(tile, queries, steps, products, masks);
}

}  // namespace vigie

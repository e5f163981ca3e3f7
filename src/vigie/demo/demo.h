#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vigie/core/progress.h"

namespace vigie {

struct DemoOptions {
  std::uint64_t seed = 0;
  std::int64_t size = 256;  ///< pixels, square, 64 … 2048
  std::int64_t train = 60;  ///< good images to learn from, per product
  std::int64_t test_good = 20;
  std::int64_t test_per_defect = 8;
  std::vector<std::string> products;  ///< empty: all
};

/// "turned_part", "woven_fabric", "circuit_board": names of the procedural products.
const std::vector<std::string>& demo_products();

/// Draws parts with natural variation of pose, light and texture, and defects with exact pixel masks, in MVTec AD
/// layout under <root>/<product>. The same seed gives the same files to the byte. Refuses (InvalidArgument) to write
/// into a product folder that already holds something else than an earlier demo set.
void make_demo_dataset(const std::filesystem::path& root, const DemoOptions& options, const RunContext& context);

}  // namespace vigie

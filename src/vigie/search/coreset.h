#pragma once

#include <vector>

#include "vigie/core/progress.h"
#include "vigie/core/tensor.h"

namespace vigie {

/// Greedy k-centre selection (Sener & Savarese 2018; PatchCore, arXiv 2106.08265): repeatedly picks the row farthest
/// from those picked. Starts from row `start`. rows F32 [N D]. Returns `count` distinct indices in picking order; ties
/// go to the lower index. The same for any thread budget. On features about 0.3·N·count products of 8-bit rows (of
/// floats without AVX512-VNNI; N·count at worst) and 0.0005·N·count distances. Memory beyond the rows: at most
/// N·(D + 32) + (count + 2048)·(D + 32) bytes, 17 MB, and 0.3 MB + 128·D bytes per thread; without VNNI no N·D, and 4·D
/// for every other D. Throws InvalidArgument when rows are not finite, Cancelled.
std::vector<std::int64_t> greedy_k_centre(const Tensor& rows, std::int64_t count, std::int64_t start,
                                          const RunContext& context);

/// The slow, obvious reference.
std::vector<std::int64_t> greedy_k_centre_naive(const Tensor& rows, std::int64_t count, std::int64_t start);

/// Gaussian random projection [N D] -> [N d], entries N(0, 1/d), seeded (Johnson & Lindenstrauss 1984).
Tensor random_projection(const Tensor& rows, std::int64_t dimensions, std::uint64_t seed);

}  // namespace vigie

#pragma once

#include <vector>

#include "vigie/core/progress.h"
#include "vigie/core/tensor.h"

namespace vigie {

/// Greedy k-centre selection (Sener & Savarese 2018; PatchCore, arXiv 2106.08265): repeatedly picks the row farthest
/// from those picked. Starts from row `start`. rows F32 [N D]. Returns `count` distinct indices in picking order; ties
/// go to the lower index. At most 3·N·count·D FLOP, about half of it thanks to lazy evaluation; extra
/// memory 20·N bytes + count·D floats. Throws InvalidArgument when rows are not finite, Cancelled.
std::vector<std::int64_t> greedy_k_centre(const Tensor& rows, std::int64_t count, std::int64_t start,
                                          const RunContext& context);

/// The slow, obvious reference.
std::vector<std::int64_t> greedy_k_centre_naive(const Tensor& rows, std::int64_t count, std::int64_t start);

/// Gaussian random projection [N D] -> [N d], entries N(0, 1/d), seeded (Johnson & Lindenstrauss 1984).
Tensor random_projection(const Tensor& rows, std::int64_t dimensions, std::uint64_t seed);

}  // namespace vigie

#pragma once

#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// The K nearest other vectors of every vector.
struct NearestOthers {
  Tensor distances;  ///< F32 [N K], Euclidean, ascending
  Tensor indices;    ///< I64 [N K]
};

/// vectors F32 [N D]; a vector is not its own neighbour, an equal one is; ties go to the lower index. Exact.
/// Throws InvalidArgument unless 1 <= K < N.
NearestOthers nearest_others(const Tensor& vectors, std::int64_t k);

/// Who lives beside whom: mean share of good images among the K nearest others of each defect and of each good image,
/// all test images together. Where good and defective images mix, both come near the share that chance gives; where
/// they live apart, it is 0 for defects and 1 for good ones.
struct NeighbourOverlap {
  std::int64_t neighbours = 0;                 ///< K really used
  double defects = 0, good = 0;                ///< mean share of good neighbours; NaN when the side is empty
  double defects_chance = 0, good_chance = 0;  ///< G / (N − 1) and (G − 1) / (N − 1): the same for shuffled labels
};

/// vectors F32 [N D], defective[i] for each. K is lowered to N − 1. All NaN with fewer than two vectors.
NeighbourOverlap neighbour_overlap(const Tensor& vectors, const std::vector<bool>& defective, std::int64_t k);

/// Mean Euclidean distance of all pairs of rows of F32 [N D]; NaN with fewer than two. O(N²·D).
double mean_pair_distance(const Tensor& vectors);

}  // namespace vigie

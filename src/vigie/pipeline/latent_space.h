#pragma once

#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/evaluation/latent_study.h"

namespace vigie {

/// One layer's vectors of a data set, F32 [n D].
struct LatentVectors {
  Tensor normals;               ///< training images, what everything is learnt from
  Tensor test;                  ///< what everything is measured on
  std::vector<bool> defective;  ///< of the test images
  std::vector<std::string> corruption_names;
  std::vector<Tensor> corrupted;  ///< the test images under each corruption
};

/// Fewer say nothing about ten neighbours.
constexpr std::int64_t kLeastNormals = 12;

/// Every number of LatentSpace but its names and map. Throws InvalidArgument with fewer than kLeastNormals normals,
/// when all normals are the same, or when a vector is not finite.
LatentSpace measure_space(const LatentVectors& vectors, const RunContext& context);

/// Coordinates of the rows of F32 [n D] along their own first three principal components -> F32 [n 3], zeros where
/// there are fewer.
Tensor map_of(const Tensor& vectors);

}  // namespace vigie

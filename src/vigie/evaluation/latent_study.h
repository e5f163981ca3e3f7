#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/metrics/neighbourhoods.h"

namespace vigie {

/// What is left of the separation with only some principal components of the normals.
struct RetainedComponents {
  std::int64_t kept = 0;
  double largest = 0;   ///< AUROC of the `kept` components of largest variance
  double smallest = 0;  ///< … of smallest variance
};

/// What a corruption of the picture does to a latent space.
struct CorruptionEffect {
  std::string corruption;
  double displacement = 0;    ///< mean move of good test images / mean distance between normals
  double gaussian_auroc = 0;  ///< all test images corrupted; the Gaussian learnt from clean normals
};

/// One output of one model's network, averaged over its grid: a vector of D numbers per image. Scores are learnt from
/// the training normals and measured on test images. Undefined = NaN.
struct LatentSpace {
  std::string model, layer;
  std::int64_t dims = 0;                 ///< D
  double gaussian_auroc = 0;             ///< Mahalanobis distance, Ledoit–Wolf covariance
  double knn_auroc = 0;                  ///< mean Euclidean distance to the 5 nearest normals
  double two_nn = 0, levina_bickel = 0;  ///< intrinsic dimension of the normals
  std::vector<double> variance_shares;   ///< of each principal component of the normals, descending; sums to 1
  std::vector<RetainedComponents> retained;
  double outside_auroc = 0;  ///< distance from the subspace of all components; NaN where they fill the space
  NeighbourOverlap overlap;  ///< test images, K = 10
  std::vector<CorruptionEffect> corruptions;
  Tensor map;  ///< F32 [points 3]: the shown images along their first three principal components

  /// The fewest components that hold `share` of the variance.
  std::int64_t components_for(double share) const;
  /// Over all corruptions; NaN without any.
  double mean_displacement() const;
};

/// An image that the map shows.
struct LatentPoint {
  std::string image;    ///< path relative to the data set
  std::string defect;   ///< "good" or the defect's type
  bool learnt = false;  ///< a training normal
};

/// Latent spaces of several models on one data set.
struct LatentStudy {
  std::string dataset;
  std::int64_t normals = 0, test_good = 0, test_defective = 0;
  int severity = 3;
  std::vector<LatentPoint> points;
  std::vector<LatentSpace> spaces;
  std::vector<std::pair<std::string, std::string>> facts;  ///< how it was made, in order
};

nlohmann::json json_from_latent_study(const LatentStudy& study);

/// One row a space, for the terminal.
std::string table_from_latent_study(const LatentStudy& study);

}  // namespace vigie

#pragma once

#include <optional>
#include <span>

#include "vigie/detectors/feature_layout.h"
#include "vigie/search/nearest.h"

namespace vigie {

/// The normal images as global feature vectors [N D], to be searched for an image's nearest.
class Gallery {
 public:
  Gallery() = default;
  /// vectors F32 [N D]. `neighbours` beyond N is lowered to N, with a warning in the name of `detector`.
  Gallery(Tensor vectors, std::int64_t neighbours, const std::string& detector);

  const Tensor& vectors() const { return index_->bank(); }
  /// The K nearest images of every row of F32 [B D].
  Neighbours nearest(const Tensor& queries) const { return index_->search(queries, neighbours_); }

 private:
  std::optional<NearestNeighbours> index_;
  std::int64_t neighbours_ = 0;
};

/// Mean of row i of distances [N K].
float mean_distance(const Neighbours& neighbours, std::int64_t i);

}  // namespace vigie

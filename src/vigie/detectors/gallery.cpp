#include "vigie/detectors/gallery.h"

#include <algorithm>

#include "vigie/core/log.h"

namespace vigie {

Gallery::Gallery(Tensor vectors, std::int64_t neighbours, const std::string& detector)
    : index_(std::move(vectors)), neighbours_(std::min(neighbours, index_->bank().dim(0))) {
  if (neighbours_ < neighbours)
    log_warning("{}: {} neighbours were asked for, but there are only {} normal images; all are used", detector,
                neighbours, neighbours_);
}

float mean_distance(const Neighbours& neighbours, std::int64_t i) {
  const std::int64_t k = neighbours.distances.dim(1);
  const float* row = neighbours.distances.data<float>() + i * k;
  double sum = 0;
  for (std::int64_t j = 0; j < k; ++j) sum += row[j];
  return static_cast<float>(sum / static_cast<double>(k));
}

}  // namespace vigie

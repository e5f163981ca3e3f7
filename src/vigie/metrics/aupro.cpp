#include "vigie/metrics/overlap.h"
#include "vigie/metrics/pixel_metrics.h"

namespace vigie {

std::vector<double> aupro(const std::vector<ScoredMap>& images, const std::vector<double>& fpr_limits) {
  return pixel_metrics(images, {fpr_limits, 0}).aupro;
}

double aupro(const std::vector<ScoredMap>& images, double fpr_limit) {
  return aupro(images, std::vector{fpr_limit})[0];
}

}  // namespace vigie

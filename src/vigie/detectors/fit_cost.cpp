#include "vigie/detectors/fit_cost.h"

#include "vigie/core/memory.h"
#include "vigie/detectors/detector.h"

namespace vigie {

FitCost Detector::fit_cost(const FitSize& size) const {
  return {.fit_work = static_cast<double>(size.images),
          .predict_work = 1,
          .what = fmt::format("learning from {} images", size.images),
          .remedy = "use fewer images, a smaller image size or fewer layers"};
}

void require_memory(const std::string& detector, const FitCost& cost) {
  check_memory(detector, cost.what, cost.bytes, cost.remedy);
}

}  // namespace vigie

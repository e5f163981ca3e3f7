#include "vigie/data/training_depth.h"

#include <algorithm>

#include "vigie/core/log.h"

namespace vigie {

void SetDepth::add(int stated_bits, const DepthUse& use) {
  stated_ = std::max(stated_, stated_bits);
  if (stated_bits != 0) return;
  any_unsaid_ = true;
  unsaid_.merge(use);
}

int SetDepth::bits() const {
  return any_unsaid_ ? std::max(stated_, bits_from_values(unsaid_)) : stated_;
}

int settled_bits(const SetDepth& depth, const ImageReadOptions& reading) {
  if (reading.bits != 0) return reading.bits;
  if (depth.learnt() && depth.bits() < 16)
    log_info(
        "depth: 16-bit images use {} bits (largest value {}): white is {}, here and in every part to come; 'bits' = 16 "
        "says that they are dark instead",
        depth.bits(), depth.largest(), largest_of_bits(depth.bits()));
  return depth.bits();
}

}  // namespace vigie

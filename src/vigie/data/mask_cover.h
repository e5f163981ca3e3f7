#pragma once

#include <cstdint>
#include <string>

#include "vigie/core/tensor.h"

namespace vigie {

/// Of the pixels along the four sides of a mask U8 [H W], the share that is set, 0 … 1.
double border_share(const Tensor& mask);

/// Do masks mark the parts instead of their defects? Counts the masks of defects, one after another.
class MaskCover {
 public:
  /// True when this one marks most of its picture.
  bool add(std::int64_t set_pixels, std::int64_t pixels);
  void add(const Tensor& mask);

  std::int64_t masks() const { return masks_; }
  /// Most masks mark most of their picture.
  bool inverted() const { return 2 * mostly_set_ > masks_; }
  /// "masks mark most of the picture in 8 of 8 …"
  std::string text() const;

 private:
  std::int64_t masks_ = 0, mostly_set_ = 0;
};

}  // namespace vigie

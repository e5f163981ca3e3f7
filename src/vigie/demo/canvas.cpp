#include "vigie/demo/canvas.h"

namespace vigie::demo {

Tensor Canvas::resolve() const {
  Tensor image({size_, size_, 3});
  float* out = image.data<float>();
  const float weight = 1.0F / static_cast<float>(factor_ * factor_);
  for (std::int64_t y = 0; y < size_; ++y)
    for (std::int64_t x = 0; x < size_; ++x, out += 3) {
      Rgb sum;
      for (std::int64_t dy = 0; dy < factor_; ++dy)
        for (std::int64_t dx = 0; dx < factor_; ++dx) sum = sum + samples_[index(x * factor_ + dx, y * factor_ + dy)];
      out[0] = sum.r * weight;
      out[1] = sum.g * weight;
      out[2] = sum.b * weight;
    }
  return image;
}

}  // namespace vigie::demo

#pragma once

#include <cstdint>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/demo/geometry.h"

namespace vigie::demo {

/// A colour laid over what is there; alpha 0 … 1.
struct Layer {
  Rgb colour;
  float alpha = 0;
};

/// Linear light over the scene square, sampled several times per pixel side; resolve() averages the samples.
class Canvas {
 public:
  /// `size` pixels a side, more samples per pixel for small pictures, whose pixels hold more detail.
  explicit Canvas(std::int64_t size)
      : size_(size), factor_(size > 1024 ? 1 : std::clamp<std::int64_t>(512 / size, 2, 4)) {
    samples_.resize(static_cast<std::size_t>(side() * side()));
  }

  /// Side of one sample in scene units.
  float sample_size() const { return 2.0F / static_cast<float>(side()); }

  /// Every sample becomes colour(p), p in [-1, 1]².
  template <typename Colour>
  void shade(const Colour& colour) {
    for (std::int64_t y = 0; y < side(); ++y)
      for (std::int64_t x = 0; x < side(); ++x) samples_[index(x, y)] = colour(position(x, y));
  }

  /// Lays layer(p) over the samples of the box [low, high].
  template <typename LayerAt>
  void blend(Vec2 low, Vec2 high, const LayerAt& layer) {
    for (std::int64_t y = row(low.y); y <= row(high.y); ++y)
      for (std::int64_t x = row(low.x); x <= row(high.x); ++x) {
        const Layer top = layer(position(x, y));
        if (top.alpha > 0) samples_[index(x, y)] = mix(samples_[index(x, y)], top.colour, top.alpha);
      }
  }

  /// F32 [H W 3], the mean of each pixel's samples.
  Tensor resolve() const;

 private:
  std::int64_t side() const { return size_ * factor_; }
  std::size_t index(std::int64_t x, std::int64_t y) const { return static_cast<std::size_t>(y * side() + x); }
  Vec2 position(std::int64_t x, std::int64_t y) const {
    const float step = sample_size();
    return {(static_cast<float>(x) + 0.5F) * step - 1, (static_cast<float>(y) + 0.5F) * step - 1};
  }
  std::int64_t row(float coordinate) const {
    const float position = std::floor((std::clamp(coordinate, -1.0F, 1.0F) + 1) / sample_size());
    return std::min(static_cast<std::int64_t>(position), side() - 1);
  }

  std::int64_t size_;
  std::int64_t factor_;
  std::vector<Rgb> samples_;
};

}  // namespace vigie::demo

#include "vigie/data/mask_cover.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigie {

double border_share(const Tensor& mask) {
  const std::int64_t height = mask.dim(0), width = mask.dim(1);
  const auto* pixels = mask.data<std::uint8_t>();
  std::int64_t set = 0, border = 0;
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t step = y == 0 || y == height - 1 ? 1 : std::max<std::int64_t>(width - 1, 1);
    for (std::int64_t x = 0; x < width; x += step, ++border) set += pixels[y * width + x] != 0;
  }
  return border == 0 ? 0 : static_cast<double>(set) / static_cast<double>(border);
}

bool MaskCover::add(std::int64_t set_pixels, std::int64_t pixels) {
  const bool mostly_set = 2 * set_pixels > pixels;
  ++masks_;
  mostly_set_ += mostly_set;
  return mostly_set;
}

void MaskCover::add(const Tensor& mask) {
  const auto pixels = mask.values<std::uint8_t>();
  add(mask.count() - std::count(pixels.begin(), pixels.end(), 0), mask.count());
}

std::string MaskCover::text() const {
  return fmt::format("masks mark most of the picture in {} of {} defects", mostly_set_, masks_);
}

}  // namespace vigie

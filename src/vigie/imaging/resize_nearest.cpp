#include <algorithm>
#include <cstring>

#include "vigie/core/threads.h"
#include "vigie/imaging/resize.h"
#include "vigie/imaging/resize_window.h"

namespace vigie {

namespace {

/// Source index of output pixels [begin, begin + length). The position is summed step by step because Pillow does so:
/// a product would round some positions to the other neighbour.
std::vector<std::int64_t> nearest_sources(std::int64_t in, std::int64_t out, std::int64_t begin, std::int64_t length) {
  const double step = static_cast<double>(in) / static_cast<double>(out);
  double position = step * 0.5;
  for (std::int64_t x = 0; x < begin; ++x) position += step;
  std::vector<std::int64_t> sources(static_cast<std::size_t>(length));
  for (std::int64_t& source : sources) {
    source = std::min(static_cast<std::int64_t>(position), in - 1);
    position += step;
  }
  return sources;
}

template <std::size_t kBytes>
void gather_row(const std::byte* source, std::byte* target, const std::vector<std::int64_t>& columns) {
  for (const std::int64_t column : columns) {
    std::memcpy(target, source + column * static_cast<std::int64_t>(kBytes), kBytes);
    target += kBytes;
  }
}

void gather_row(const std::byte* source, std::byte* target, const std::vector<std::int64_t>& columns,
                std::size_t bytes) {
  switch (bytes) {
    case 1:
      return gather_row<1>(source, target, columns);
    case 2:
      return gather_row<2>(source, target, columns);
    case 3:
      return gather_row<3>(source, target, columns);
    case 4:
      return gather_row<4>(source, target, columns);
    default:
      for (const std::int64_t column : columns) {
        std::memcpy(target, source + static_cast<std::size_t>(column) * bytes, bytes);
        target += bytes;
      }
  }
}

}  // namespace

Tensor resize_nearest(const Tensor& image, const ResizeWindow& window) {
  check_resize(image, window, "resize_nearest");
  const auto rows = nearest_sources(image.dim(0), window.full_height, window.top, window.height);
  const auto columns = nearest_sources(image.dim(1), window.full_width, window.left, window.width);
  Shape shape = image.shape();
  shape[0] = window.height;
  shape[1] = window.width;
  Tensor out(std::move(shape), image.dtype());
  const std::size_t pixel_bytes =
      byte_size(image.dtype()) * static_cast<std::size_t>(image.rank() == 3 ? image.dim(2) : 1);
  const auto* source = static_cast<const std::byte*>(image.raw());
  auto* target = static_cast<std::byte*>(out.raw());
  const std::size_t source_row = pixel_bytes * static_cast<std::size_t>(image.dim(1));
  const std::size_t target_row = pixel_bytes * static_cast<std::size_t>(window.width);
  parallel_for(
      window.height,
      [&](std::int64_t y) {
        const auto at = static_cast<std::size_t>(y);
        gather_row(source + static_cast<std::size_t>(rows[at]) * source_row, target + at * target_row, columns,
                   pixel_bytes);
      },
      64);
  return out;
}

Tensor resize_nearest(const Tensor& image, std::int64_t height, std::int64_t width) {
  return resize_nearest(image, ResizeWindow::whole(height, width));
}

}  // namespace vigie

#include <algorithm>
#include <vector>

#include "vigie/core/threads.h"
#include "vigie/imaging/resize.h"
#include "vigie/imaging/resize_window.h"

namespace vigie {

namespace {

/// Both neighbours of every output position along one axis and the share of the second. float, as torch computes it.
struct Neighbours {
  std::vector<std::int32_t> low, high;
  std::vector<float> share;
};

Neighbours neighbours_of(std::int64_t in, std::int64_t out) {
  const auto count = static_cast<std::size_t>(out);
  Neighbours result{std::vector<std::int32_t>(count), std::vector<std::int32_t>(count), std::vector<float>(count)};
  const float scale = static_cast<float>(in) / static_cast<float>(out);
  for (std::size_t i = 0; i < count; ++i) {
    const float position = std::max((static_cast<float>(i) + 0.5F) * scale - 0.5F, 0.0F);
    const auto low = std::min(static_cast<std::int64_t>(position), in - 1);
    result.low[i] = static_cast<std::int32_t>(low);
    result.high[i] = static_cast<std::int32_t>(std::min(low + 1, in - 1));
    result.share[i] = position - static_cast<float>(low);
  }
  return result;
}

/// target = a + (b - a) * share, written as torch weighs both ends.
void mix(const float* a, const float* b, float share, float* target, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) target[i] = a[i] * (1.0F - share) + b[i] * share;
}

/// [w] -> [W]: gathers, which vectorise over x.
void stretch_row(const float* source, float* target, const Neighbours& columns) {
  const std::int32_t* low = columns.low.data();
  const std::int32_t* high = columns.high.data();
  const float* share = columns.share.data();
  const auto width = static_cast<std::int64_t>(columns.low.size());
  for (std::int64_t x = 0; x < width; ++x) target[x] = source[low[x]] * (1.0F - share[x]) + source[high[x]] * share[x];
}

/// [w C] -> [W C]: vectorises over channels.
void stretch_row(const float* source, float* target, const Neighbours& columns, std::int64_t channels) {
  for (std::size_t x = 0; x < columns.low.size(); ++x)
    mix(source + columns.low[x] * channels, source + columns.high[x] * channels, columns.share[x],
        target + static_cast<std::int64_t>(x) * channels, channels);
}

}  // namespace

Tensor resize_bilinear(const Tensor& map, std::int64_t height, std::int64_t width) {
  check_resize(map, ResizeWindow::whole(height, width), "resize_bilinear");
  if (height == map.dim(0) && width == map.dim(1)) return map.clone();
  const std::int64_t channels = map.rank() == 3 ? map.dim(2) : 1;
  const std::int64_t source_row = map.dim(1) * channels, target_row = width * channels;
  const Neighbours rows = neighbours_of(map.dim(0), height), columns = neighbours_of(map.dim(1), width);
  Shape shape = map.shape();
  shape[0] = height;
  shape[1] = width;
  Tensor out(std::move(shape));
  const float* source = map.data<float>();
  float* target = out.data<float>();
  const auto fill_row = [&](std::int64_t y) {
    thread_local std::vector<float> mixed;
    mixed.resize(static_cast<std::size_t>(source_row));
    const auto at = static_cast<std::size_t>(y);
    mix(source + rows.low[at] * source_row, source + rows.high[at] * source_row, rows.share[at], mixed.data(),
        source_row);
    if (channels == 1)
      stretch_row(mixed.data(), target + y * target_row, columns);
    else
      stretch_row(mixed.data(), target + y * target_row, columns, channels);
  };
  parallel_for(height, fill_row, std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(target_row, 1)));
  return out;
}

}  // namespace vigie

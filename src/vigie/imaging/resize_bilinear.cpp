#include <algorithm>
#include <functional>
#include <vector>

#include "vigie/core/threads.h"
#include "vigie/imaging/resize.h"
#include "vigie/imaging/resize_window.h"
#include "vigie/imaging/stretch_row.h"

namespace vigie {

namespace {

/// Writes source row r, [w C].
using SourceRow = std::function<void(std::int64_t r, float* row)>;

/// The source rows between which a run of output rows lies, brought to the output's width. Each is stretched once:
/// consecutive output rows mostly share both neighbours.
class StretchedRows {
 public:
  StretchedRows(const RowStretcher& stretcher, const SourceRow& source, std::int64_t source_length,
                std::int64_t target_length)
      : stretcher_(stretcher), source_(source) {
    scratch_.resize(static_cast<std::size_t>(source_length + RowStretcher::kOverrun));
    for (auto& row : rows_) row.resize(static_cast<std::size_t>(target_length));
  }

  /// Valid until row r + 2 or r - 2 is asked for: neighbours, one even and one odd, live side by side.
  const float* row(std::int64_t r) {
    const auto slot = static_cast<std::size_t>(r % 2);
    if (held_[slot] != r) {
      source_(r, scratch_.data());
      stretcher_.stretch(scratch_.data(), rows_[slot].data());
      held_[slot] = r;
    }
    return rows_[slot].data();
  }

 private:
  const RowStretcher& stretcher_;
  const SourceRow& source_;
  std::vector<float> scratch_, rows_[2];
  std::int64_t held_[2] = {-1, -1};
};

/// Fills out [H W] or [H W C] from `source_height` rows of `source_width` pixels.
void interpolate(const SourceRow& source, std::int64_t source_height, std::int64_t source_width, Tensor& out) {
  const std::int64_t height = out.dim(0), channels = out.rank() == 3 ? out.dim(2) : 1;
  const std::int64_t length = out.dim(1) * channels;
  const BilinearNeighbours rows(source_height, height);
  const RowStretcher stretcher(source_width, out.dim(1), channels);
  float* target = out.data<float>();
  // Threads cost some microseconds; a band repeats the two source rows that it shares with the next.
  constexpr std::int64_t kValuesPerBand = 32768;
  const std::int64_t even = (height + 2 * thread_budget() - 1) / (2 * thread_budget());
  const std::int64_t step = std::max(even, kValuesPerBand / length + 1);
  parallel_for((height + step - 1) / step, [&](std::int64_t band) {
    StretchedRows stretched(stretcher, source, source_width * channels, length);
    for (std::int64_t y = band * step; y < std::min(height, (band + 1) * step); ++y) {
      const auto at = static_cast<std::size_t>(y);
      const float* low = stretched.row(rows.low[at]);
      mix(low, stretched.row(rows.high[at]), rows.share[at], target + y * length, length);
    }
  });
}

}  // namespace

Tensor resize_bilinear(const Tensor& map, std::int64_t height, std::int64_t width) {
  check_resize(map, ResizeWindow::whole(height, width), "resize_bilinear");
  if (height == map.dim(0) && width == map.dim(1)) return map.clone();
  Shape shape = map.shape();
  shape[0] = height;
  shape[1] = width;
  Tensor out(std::move(shape));
  const std::int64_t length = map.count() / map.dim(0);
  const float* values = map.data<float>();
  interpolate([&](std::int64_t r, float* row) { std::copy_n(values + r * length, length, row); }, map.dim(0),
              map.dim(1), out);
  return out;
}

Tensor resize_bilinear_placed(const Tensor& map, const ResizeWindow& window, float around, std::int64_t height,
                              std::int64_t width) {
  constexpr std::string_view where = "resize_bilinear_placed";
  check_resize(map, window, where);
  VIGIE_CHECK(map.rank() == 2 && map.dim(0) == window.height && map.dim(1) == window.width, where,
              "a map of {}x{} pixels is needed, got {}", window.width, window.height, to_string(map.shape()));
  VIGIE_CHECK(height > 0 && width > 0, where, "cannot resize to {}x{} pixels", width, height);
  const float* values = map.data<float>();
  const auto row_around = [&](std::int64_t r, float* row) {
    std::fill_n(row, window.full_width, around);
    if (r >= window.top && r < window.top + window.height)
      std::copy_n(values + (r - window.top) * window.width, window.width, row + window.left);
  };
  Tensor out({height, width});
  interpolate(row_around, window.full_height, window.full_width, out);
  return out;
}

}  // namespace vigie

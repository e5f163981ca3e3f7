#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>
#include <vector>

#include "vigie/core/threads.h"
#include "vigie/imaging/filter_rows.h"
#include "vigie/imaging/fixed_point_rows.h"
#include "vigie/imaging/resample_taps.h"
#include "vigie/imaging/resize.h"
#include "vigie/imaging/resize_window.h"

namespace vigie {

namespace {

template <typename Out>
using RowVisitor = std::function<void(std::int64_t, const Out*)>;

template <typename Out>
Taps<SumOf<Out>> taps_for(std::int64_t in, std::int64_t out, std::int64_t begin, std::int64_t length) {
  const Taps<double> taps = triangle_taps(in, out, begin, length);
  if constexpr (std::is_same_v<Out, std::uint8_t>)
    return fixed_point_taps(taps);
  else
    return float_taps(taps);
}

/// The horizontal pass over some rows of an image.
template <typename In, typename Out>
class HorizontalPass {
 public:
  HorizontalPass(const Tensor& image, const ResizeWindow& window, std::int64_t channels)
      : image_(image),
        channels_(channels),
        taps_(taps_for<Out>(image.dim(1), window.full_width, window.left, window.width)) {
    if constexpr (std::is_same_v<In, std::uint8_t> && std::is_same_v<Out, std::uint8_t>)
      if (FixedPointRows::available() && (channels == 1 || channels == 3)) fast_.emplace(taps_, channels);
  }

  /// Values from one result row to the next.
  std::int64_t stride() const { return taps_.size() * channels_ + FixedPointRows::kOverrun; }

  /// Rows [begin, end) of the image; target holds end - begin rows of stride() values.
  void filter(std::int64_t begin, std::int64_t end, Out* target) const {
    const std::int64_t length = image_.dim(1) * channels_;
    const In* source = image_.data<In>();
    // The filters read on behind a row, where behind the image's end nothing is: rows too near are filtered from a
    // copy.
    const std::int64_t safe = std::clamp((image_.count() - FixedPointRows::kOverrun) / length, begin, end);
    filter_block(source + begin * length, length, target, safe - begin);
    for (std::int64_t y = safe; y < end; ++y) {
      std::vector<In> row(static_cast<std::size_t>(length + FixedPointRows::kOverrun), In{0});
      std::copy_n(source + y * length, length, row.data());
      filter_block(row.data(), length, target + (y - begin) * stride(), 1);
    }
  }

 private:
  void filter_block(const In* source, std::int64_t length, Out* target, std::int64_t rows) const {
    if constexpr (std::is_same_v<In, std::uint8_t> && std::is_same_v<Out, std::uint8_t>)
      if (fast_) return fast_->filter(source, length, target, stride(), rows);
    for (std::int64_t y = 0; y < rows; ++y) filter_row(source + y * length, target + y * stride(), taps_, channels_);
  }

  const Tensor& image_;
  std::int64_t channels_;
  Taps<SumOf<Out>> taps_;
  std::optional<FixedPointRows> fast_;
};

/// Output rows that one task makes: its part of the rows between the passes then stays in the core's cache. Neighbours
/// share a few source rows, which both filter, so the bands must not be small either.
std::int64_t rows_per_band(std::int64_t height) {
  constexpr std::int64_t kBandsPerThread = 2, kFewest = 16;
  return std::max(kFewest, (height + kBandsPerThread * thread_budget() - 1) / (kBandsPerThread * thread_budget()));
}

/// Calls body(begin, end) for bands of `height` rows on the thread budget.
void for_each_band(std::int64_t height, const std::function<void(std::int64_t, std::int64_t)>& body) {
  const std::int64_t step = rows_per_band(height);
  parallel_for((height + step - 1) / step, [&](std::int64_t i) { body(i * step, std::min(height, (i + 1) * step)); });
}

/// Horizontal pass alone, for images whose height stays, or nothing at all.
template <typename In, typename Out>
void resample_along_rows(const Tensor& image, const ResizeWindow& window, std::int64_t channels, bool same_width,
                         const RowVisitor<Out>& visit) {
  if constexpr (std::is_same_v<In, Out>) {
    if (same_width) {
      for (std::int64_t y = 0; y < window.height; ++y)
        visit(y, image.data<In>() + (window.top + y) * image.dim(1) * channels);
      return;
    }
  }
  const HorizontalPass<In, Out> pass(image, window, channels);
  for_each_band(window.height, [&](std::int64_t begin, std::int64_t end) {
    thread_local std::vector<Out> row;
    row.resize(static_cast<std::size_t>(pass.stride()));
    for (std::int64_t y = begin; y < end; ++y) {
      pass.filter(window.top + y, window.top + y + 1, row.data());
      visit(y, row.data());
    }
  });
}

/// Vertical pass from rows of `source`, the first of which is row `top` of the image.
template <typename From, typename Out>
void filter_band(const From* source, std::int64_t stride, std::int64_t top, std::int64_t begin, std::int64_t end,
                 std::int64_t length, const Taps<SumOf<Out>>& taps, const RowVisitor<Out>& visit) {
  thread_local std::vector<Out> row;
  row.resize(static_cast<std::size_t>(length));
  for (std::int64_t y = begin; y < end; ++y) {
    filter_columns(source + (taps.first[static_cast<std::size_t>(y)] - top) * stride, stride, row.data(), length,
                   taps.weights(y), taps.count);
    visit(y, row.data());
  }
}

/// Horizontal pass, then vertical, each only when it changes something; Out is also the type between them.
template <typename In, typename Out>
void resample(const Tensor& image, const ResizeWindow& window, const RowVisitor<Out>& visit) {
  const std::int64_t channels = image.rank() == 3 ? image.dim(2) : 1, length = window.width * channels;
  const bool same_width = window.full_width == image.dim(1) && window.width == image.dim(1);
  if (window.full_height == image.dim(0) && (!same_width || std::is_same_v<In, Out>))
    return resample_along_rows<In, Out>(image, window, channels, same_width, visit);
  const auto rows = taps_for<Out>(image.dim(0), window.full_height, window.top, window.height);
  if (same_width)
    return for_each_band(window.height, [&](std::int64_t begin, std::int64_t end) {
      filter_band(image.data<In>(), length, 0, begin, end, length, rows, visit);
    });
  const HorizontalPass<In, Out> pass(image, window, channels);
  for_each_band(window.height, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t top = rows.first[static_cast<std::size_t>(begin)];
    const std::int64_t bottom = rows.first[static_cast<std::size_t>(end - 1)] + rows.count;
    thread_local std::vector<Out> between;
    between.resize(static_cast<std::size_t>((bottom - top) * pass.stride()));
    pass.filter(top, bottom, between.data());
    filter_band(std::as_const(between).data(), pass.stride(), top, begin, end, length, rows, visit);
  });
}

Tensor rounded_to_u16(const Tensor& image) {
  Tensor out(image.shape(), DType::U16);
  const float* source = image.data<float>();
  std::uint16_t* target = out.data<std::uint16_t>();
  for (std::int64_t i = 0; i < image.count(); ++i)
    target[i] = static_cast<std::uint16_t>(std::clamp(source[i] + 0.5F, 0.0F, 65535.0F));
  return out;
}

/// The rows side by side.
template <typename Out>
Tensor collected(const Tensor& image, const ResizeWindow& window) {
  Shape shape = image.shape();
  shape[0] = window.height;
  shape[1] = window.width;
  Tensor out(std::move(shape), dtype_of<Out>());
  const std::int64_t length = out.count() / window.height;
  Out* target = out.template data<Out>();
  resize_antialiased_rows(image, window, RowVisitor<Out>([&](std::int64_t y, const Out* row) {
                            std::copy_n(row, length, target + y * length);
                          }));
  return out;
}

}  // namespace

void check_resize(const Tensor& image, const ResizeWindow& window, std::string_view where) {
  VIGIE_CHECK((image.rank() == 2 || image.rank() == 3) && !image.empty(), where,
              "an image [H W] or [H W C] is needed, got {}", to_string(image.shape()));
  VIGIE_CHECK(window.height > 0 && window.width > 0, where, "cannot resize to {}x{} pixels", window.width,
              window.height);
  VIGIE_CHECK(window.top >= 0 && window.left >= 0 && window.top + window.height <= window.full_height &&
                  window.left + window.width <= window.full_width,
              where, "a window of {}x{} pixels at ({}, {}) leaves the resized image of {}x{}", window.width,
              window.height, window.left, window.top, window.full_width, window.full_height);
}

void resize_antialiased_rows(const Tensor& image, const ResizeWindow& window, const RowVisitor<std::uint8_t>& row) {
  check_resize(image, window, "resize_antialiased");
  resample<std::uint8_t, std::uint8_t>(image, window, row);
}

void resize_antialiased_rows(const Tensor& image, const ResizeWindow& window, const RowVisitor<float>& row) {
  check_resize(image, window, "resize_antialiased");
  if (image.dtype() == DType::U16) return resample<std::uint16_t, float>(image, window, row);
  resample<float, float>(image, window, row);
}

Tensor resize_antialiased_unrounded(const Tensor& image, const ResizeWindow& window) {
  check_resize(image, window, "resize_antialiased");
  switch (image.dtype()) {
    case DType::U8:
      return collected<std::uint8_t>(image, window);
    case DType::U16:
    case DType::F32:
      return collected<float>(image, window);
    default:
      fail(ErrorKind::InvalidArgument, "resize_antialiased", "no resizing of {}", name_of(image.dtype()));
  }
}

Tensor resize_antialiased(const Tensor& image, const ResizeWindow& window) {
  const Tensor resized = resize_antialiased_unrounded(image, window);
  return image.dtype() == DType::U16 ? rounded_to_u16(resized) : resized;
}

Tensor resize_antialiased(const Tensor& image, std::int64_t height, std::int64_t width) {
  return resize_antialiased(image, ResizeWindow::whole(height, width));
}

}  // namespace vigie

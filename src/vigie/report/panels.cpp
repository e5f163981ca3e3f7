#include "vigie/report/panels.h"

#include <algorithm>

#include "vigie/decision/shown_regions.h"
#include "vigie/imaging/colour.h"
#include "vigie/imaging/resize.h"
#include "vigie/io/image.h"
#include "vigie/report/html.h"

namespace vigie {
namespace {

constexpr int kJpegQuality = 80;
// Rare on parts, and visible on dark and light ones.
constexpr Rgb kPredictedColour{0, 176, 255}, kTruthColour{255, 45, 125};

std::string jpeg_uri(const Tensor& image) {
  return data_uri("image/jpeg", encode_jpeg(image, kJpegQuality));
}

/// Height and width with the longer side at most kThumbnailSide.
std::pair<std::int64_t, std::int64_t> thumbnail_size(std::int64_t height, std::int64_t width) {
  const std::int64_t longer = std::max(height, width);
  if (longer <= kThumbnailSide) return {height, width};
  const auto shrink = [longer](std::int64_t side) {
    return std::max<std::int64_t>(1, (side * kThumbnailSide + longer / 2) / longer);
  };
  return {shrink(height), shrink(width)};
}

/// A pixel of the result is set when any pixel it covers is: a defect of one pixel stays visible. marked(i) asks pixel
/// i.
template <typename Marked>
Tensor shrink_mask(std::int64_t height, std::int64_t width, std::int64_t to_height, std::int64_t to_width,
                   const Marked& marked) {
  Tensor small = Tensor::zeros({to_height, to_width}, DType::U8);
  std::uint8_t* out = small.data<std::uint8_t>();
  for (std::int64_t y = 0; y < height; ++y) {
    std::uint8_t* row = out + y * to_height / height * to_width;
    for (std::int64_t x = 0; x < width; ++x) {
      if (marked(y * width + x)) row[x * to_width / width] = 1;
    }
  }
  return small;
}

/// The mask and its eight neighbours.
Tensor grown(const Tensor& mask) {
  const std::int64_t height = mask.dim(0), width = mask.dim(1);
  Tensor larger = Tensor::zeros(mask.shape(), DType::U8);
  for (std::int64_t i = 0; i < mask.count(); ++i) {
    if (mask.data<std::uint8_t>()[i] == 0) continue;
    const std::int64_t row = i / width, column = i % width;
    for (std::int64_t y = std::max<std::int64_t>(row - 1, 0); y <= std::min(row + 1, height - 1); ++y) {
      for (std::int64_t x = std::max<std::int64_t>(column - 1, 0); x <= std::min(column + 1, width - 1); ++x) {
        larger.data<std::uint8_t>()[y * width + x] = 1;
      }
    }
  }
  return larger;
}

/// A line of two pixels, since a thumbnail is often shown smaller than it is.
std::string outlined_uri(const Tensor& thumbnail, const Tensor& mask, Rgb colour) {
  return jpeg_uri(draw_contour(draw_contour(thumbnail.clone(), mask, colour), grown(mask), colour));
}

bool any_set(const Tensor& mask) {
  const auto values = mask.values<std::uint8_t>();
  return std::any_of(values.begin(), values.end(), [](std::uint8_t value) { return value != 0; });
}

}  // namespace

Panels render_panels(const ImageEvidence& evidence, const Tensor& image, HeatRange heat, double pixel_threshold,
                     bool rejected) {
  VIGIE_CHECK(image.rank() == 3 && image.dim(2) == 3 && image.dtype() == DType::U8, "report",
              "image '{}': expected U8 [H W 3], got {}", evidence.image, to_string(image.shape()));
  const std::int64_t height = image.dim(0), width = image.dim(1);
  const auto [to_height, to_width] = thumbnail_size(height, width);
  const Tensor thumbnail = resize_antialiased(image, to_height, to_width);
  const auto fits = [&](const Tensor& plane) { return plane.dim(0) == height && plane.dim(1) == width; };
  Panels panels;
  panels.image = jpeg_uri(thumbnail);
  if (!evidence.map.empty()) {
    VIGIE_CHECK(fits(evidence.map), "report", "image '{}' is {} x {} pixels, its map {}", evidence.image, height, width,
                to_string(evidence.map.shape()));
    const Tensor map = resize_antialiased(evidence.map.reshaped({height, width, 1}), to_height, to_width);
    panels.heat = jpeg_uri(heat_overlay(thumbnail, map.reshaped({to_height, to_width}), heat.low, heat.high));
    const ShownRegions shown = shown_regions(evidence.map, rejected, static_cast<float>(pixel_threshold));
    const Tensor marked = region_mask(evidence.map, shown.level, shown.regions);
    const std::uint8_t* values = marked.data<std::uint8_t>();
    const Tensor predicted =
        shrink_mask(height, width, to_height, to_width, [&](std::int64_t i) { return values[i] != 0; });
    if (any_set(predicted)) panels.predicted = outlined_uri(thumbnail, predicted, kPredictedColour);
  }
  if (!evidence.mask.empty() && fits(evidence.mask)) {
    const std::uint8_t* values = evidence.mask.data<std::uint8_t>();
    const Tensor truth =
        shrink_mask(height, width, to_height, to_width, [&](std::int64_t i) { return values[i] != 0; });
    if (any_set(truth)) panels.truth = outlined_uri(thumbnail, truth, kTruthColour);
  }
  return panels;
}

std::string render_heat_ramp() {
  Tensor ramp({1, 256});
  for (int i = 0; i < 256; ++i) ramp.data<float>()[i] = static_cast<float>(i);
  return data_uri("image/png", encode_png(heat_map(ramp, 0, 255)));
}

}  // namespace vigie

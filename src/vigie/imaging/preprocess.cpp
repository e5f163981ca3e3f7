#include "vigie/imaging/preprocess.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/options.h"

namespace vigie {

namespace {

constexpr std::int64_t kSmallestImage = 8;  // below, a resize invents most of what the network sees
constexpr std::int64_t kSmallestSide = 32, kLargestSide = 4096;

/// Half of n, ties to the even neighbour, as Python's round(n / 2).
std::int64_t half_to_even(std::int64_t n) {
  return n / 2 + (n % 2 == 1 && n / 2 % 2 == 1 ? 1 : 0);
}

void check(const Preprocess& p) {
  constexpr std::string_view where = "preprocess";
  VIGIE_CHECK(p.mode == "stretch" || p.mode == "short_side", where, "unknown mode '{}'{}", p.mode,
              suggestion(p.mode, {"stretch", "short_side"}));
  for (const auto& [name, side] : {std::pair("resize_to", p.resize_to), {"height", p.height}, {"width", p.width}})
    VIGIE_CHECK(side >= kSmallestSide && side <= kLargestSide, where, "{} must be {} … {} pixels, got {}", name,
                kSmallestSide, kLargestSide, side);
  VIGIE_CHECK(p.mode != "short_side" || (p.height <= p.resize_to && p.width <= p.resize_to), where,
              "a crop of {}x{} pixels does not fit into a short side of {}", p.width, p.height, p.resize_to);
  VIGIE_CHECK(p.bits == 0 || (p.bits >= 8 && p.bits <= 16), where, "bits must be 0 or 8 … 16, got {}", p.bits);
  for (int c = 0; c < 3; ++c) {
    VIGIE_CHECK(std::isfinite(p.mean[c]), where, "mean of channel {} is not a number", c);
    VIGIE_CHECK(std::isfinite(p.std[c]) && p.std[c] > 0, where, "std of channel {} must be positive, got {}", c,
                p.std[c]);
  }
}

/// (value / 255 - mean) / std of every 8-bit value.
std::array<float, 256> normalisation_table(const Preprocess& p, std::size_t channel) {
  std::array<float, 256> table;
  for (std::size_t v = 0; v < table.size(); ++v)
    table[v] = (static_cast<float>(v) / 255.0F - p.mean[channel]) / p.std[channel];
  return table;
}

/// U8 [H W 1|3] resized, scaled and normalised into target.
void prepare_u8(const Tensor& image, const ResizeWindow& window, const Preprocess& p, float* target) {
  const std::array<float, 256> tables[3] = {normalisation_table(p, 0), normalisation_table(p, 1),
                                            normalisation_table(p, 2)};
  const std::int64_t step = image.dim(2);
  resize_antialiased_rows(image, window, [&](std::int64_t y, const std::uint8_t* pixel) {
    float* to = target + y * p.width * 3;
    for (std::int64_t x = 0; x < p.width; ++x, pixel += step, to += 3) {
      to[0] = tables[0][pixel[0]];
      to[1] = tables[1][pixel[step / 2]];  // of one channel: the same again
      to[2] = tables[2][pixel[step - 1]];
    }
  });
}

/// U16, likewise.
void prepare_u16(const Tensor& image, const ResizeWindow& window, const Preprocess& p, float* target) {
  const std::int64_t step = image.dim(2);
  resize_antialiased_rows(image, window, [&](std::int64_t y, const float* pixel) {
    float* to = target + y * p.width * 3;
    for (std::int64_t x = 0; x < p.width; ++x, pixel += step, to += 3)
      for (std::size_t c = 0; c < 3; ++c) to[c] = (pixel[step == 1 ? 0 : c] / 65535.0F - p.mean[c]) / p.std[c];
  });
}

}  // namespace

ResizeWindow network_window(std::int64_t height, std::int64_t width, const Preprocess& p) {
  if (p.mode == "stretch") return ResizeWindow::whole(p.height, p.width);
  ResizeWindow window{p.resize_to, p.resize_to, 0, 0, p.height, p.width};
  if (height > width)
    window.full_height = p.resize_to * height / width;
  else
    window.full_width = p.resize_to * width / height;
  window.top = half_to_even(window.full_height - p.height);
  window.left = half_to_even(window.full_width - p.width);
  return window;
}

nlohmann::json json_from_preprocess(const Preprocess& p) {
  nlohmann::json out = {{"mode", p.mode},   {"resize_to", p.resize_to}, {"height", p.height},
                        {"width", p.width}, {"mean", p.mean},           {"std", p.std}};
  if (p.bits != 0) out["bits"] = p.bits;
  return out;
}

Preprocess preprocess_from_json(const nlohmann::json& object) {
  VIGIE_CHECK(object.is_object(), "preprocess", "an object is needed, got {}", object.type_name());
  Preprocess every_key;
  every_key.bits = 16;
  const nlohmann::json known = json_from_preprocess(every_key);
  std::vector<std::string> names;
  for (const auto& item : known.items()) names.push_back(item.key());
  for (const auto& item : object.items())
    VIGIE_CHECK(known.contains(item.key()), "preprocess", "unknown key '{}'{}", item.key(),
                suggestion(item.key(), names));
  Preprocess p;
  try {
    p.mode = object.value("mode", p.mode);
    p.resize_to = object.value("resize_to", p.resize_to);
    p.height = object.value("height", p.height);
    p.width = object.value("width", p.width);
    p.mean = object.value("mean", p.mean);
    p.std = object.value("std", p.std);
    p.bits = object.value("bits", p.bits);
  } catch (const nlohmann::json::exception& e) {
    fail(ErrorKind::InvalidArgument, "preprocess", "a value has the wrong type: {}", e.what());
  }
  check(p);
  return p;
}

Tensor preprocess_image(const Tensor& image, const Preprocess& p) {
  constexpr std::string_view where = "preprocess_image";
  check(p);
  VIGIE_CHECK(image.rank() == 3 && (image.dim(2) == 1 || image.dim(2) == 3), where,
              "an image [H W 1] or [H W 3] is needed, got {}", to_string(image.shape()));
  VIGIE_CHECK(image.dtype() == DType::U8 || image.dtype() == DType::U16, where,
              "an image of 8 or 16 bits is needed, got {}", name_of(image.dtype()));
  const std::int64_t height = image.dim(0), width = image.dim(1);
  if (std::min(height, width) < kSmallestImage)
    fail(ErrorKind::BadFile, where, "image is {}x{} pixels, too small to inspect (at least {}x{})", width, height,
         kSmallestImage, kSmallestImage);
  const ResizeWindow window = network_window(height, width, p);
  Tensor out({p.height, p.width, 3});
  if (image.dtype() == DType::U8)
    prepare_u8(image, window, p, out.data<float>());
  else
    prepare_u16(image, window, p, out.data<float>());
  return out;
}

Tensor network_input(const Tensor& image, const Preprocess& p) {
  return preprocess_image(image, p).reshaped({1, p.height, p.width, 3});
}

Tensor preprocess_mask(const Tensor& mask, const Preprocess& p) {
  check(p);
  VIGIE_CHECK(mask.rank() == 2 && mask.dtype() == DType::U8 && !mask.empty(), "preprocess_mask",
              "a mask U8 [H W] is needed, got {} {}", name_of(mask.dtype()), to_string(mask.shape()));
  return resize_nearest(mask, network_window(mask.dim(0), mask.dim(1), p));
}

}  // namespace vigie

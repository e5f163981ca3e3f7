#include "vigie/io/mask.h"

#include <algorithm>
#include <array>
#include <limits>

#include "vigie/io/file.h"
#include "vigie/io/image_codec.h"

namespace vigie {

namespace {

using codec::DecodedImage;
using Carrier = MaskReading::Carrier;

constexpr double kCut = 0.4;  // of the brightest value: keeps 128 beside 255, drops the ringing around 255

/// Brightness 0 … white of every pixel under its opacity: the brightest colour channel over black. F32 [H W].
template <typename T>
Tensor visible_values(const DecodedImage& decoded) {
  const Tensor& pixels = decoded.pixels;
  const std::int64_t channels = pixels.dim(2), colours = channels - (decoded.alpha ? 1 : 0);
  constexpr float white = std::numeric_limits<T>::max();
  Tensor out({pixels.dim(0), pixels.dim(1)});
  const T* pixel = pixels.data<T>();
  for (float& value : out.values<float>()) {
    value = static_cast<float>(*std::max_element(pixel, pixel + colours));
    if (decoded.alpha) value *= static_cast<float>(pixel[colours]) / white;
    pixel += channels;
  }
  return out;
}

/// One channel as F32 [H W].
template <typename T>
Tensor channel_values(const Tensor& pixels, std::int64_t channel) {
  Tensor out({pixels.dim(0), pixels.dim(1)});
  const T* pixel = pixels.data<T>() + channel;
  for (float& value : out.values<float>()) {
    value = static_cast<float>(*pixel);
    pixel += pixels.dim(2);
  }
  return out;
}

bool all_equal(const Tensor& values) {
  const auto all = values.values<float>();
  return std::all_of(all.begin(), all.end(), [&](float value) { return value == all.front(); });
}

bool all_zero(const Tensor& values) {
  return values.values<float>().front() == 0 && all_equal(values);
}

/// What tells defect from background: usually what is seen; opacity where nothing is seen, colour where all of it is
/// transparent.
template <typename T>
Tensor telling_values(const DecodedImage& decoded, Carrier& carrier) {
  Tensor seen = visible_values<T>(decoded);
  if (!decoded.alpha) return seen;
  Tensor opacity = channel_values<T>(decoded.pixels, decoded.pixels.dim(2) - 1);
  if (all_equal(opacity)) {
    DecodedImage colours = decoded;
    colours.pixels = decoded.pixels.clone();
    const std::int64_t channels = colours.pixels.dim(2);
    for (std::int64_t i = channels - 1; i < colours.pixels.count(); i += channels)
      colours.pixels.data<T>()[i] = std::numeric_limits<T>::max();
    return visible_values<T>(colours);
  }
  bool one_colour = true;
  for (std::int64_t c = 0; c + 1 < decoded.pixels.dim(2); ++c)
    one_colour = one_colour && all_equal(channel_values<T>(decoded.pixels, c));
  if (!one_colour && !all_zero(seen)) return seen;
  carrier = Carrier::Alpha;
  return opacity;
}

/// Indices as 0 (background) and 1. Tools that paint by number take index 0 as the background, whatever its colour;
/// programs that reduce colours sort them as they like and mean the black one. Where both are in use, the one that
/// covers more is the background.
Tensor marked_indices(const DecodedImage& decoded, Carrier& carrier) {
  const auto indices = decoded.pixels.values<std::uint8_t>();
  const auto black = static_cast<std::int64_t>(
      std::count_if(indices.begin(), indices.end(), [&](std::uint8_t index) { return decoded.black->test(index); }));
  const bool by_colour = !decoded.black->test(0) && black > std::count(indices.begin(), indices.end(), 0);
  if (!decoded.black->test(0)) carrier = Carrier::Palette;
  Tensor out({decoded.pixels.dim(0), decoded.pixels.dim(1)});
  std::transform(indices.begin(), indices.end(), out.data<float>(), [&](std::uint8_t index) {
    return (by_colour ? decoded.black->test(index) : index == 0) ? 0.0F : 1.0F;
  });
  return out;
}

Tensor values_of(const DecodedImage& decoded, Carrier& carrier) {
  if (decoded.black) return marked_indices(decoded, carrier);
  return decoded.pixels.dtype() == DType::U16 ? telling_values<std::uint16_t>(decoded, carrier)
                                              : telling_values<std::uint8_t>(decoded, carrier);
}

/// Many grey levels, nearly all of them close to black or to the brightest: ringing or smoothed edges, not numbers of
/// classes or of instances. U8 masks only.
bool has_soft_edges(const Tensor& values) {
  constexpr std::int64_t kManyLevels = 16;
  constexpr double kFewBetween = 0.25;
  std::array<std::int64_t, 256> counts = {};
  for (const float value : values.values<float>()) ++counts[static_cast<std::size_t>(value)];
  std::size_t brightest = 255;
  while (brightest > 0 && counts[brightest] == 0) --brightest;
  std::int64_t levels = 0, set = 0, between = 0;
  for (std::size_t level = 1; level <= brightest; ++level) {
    levels += counts[level] > 0;
    set += counts[level];
    if (4 * level > brightest && 4 * level < 3 * brightest) between += counts[level];
  }
  return brightest >= 128 && levels > kManyLevels &&
         static_cast<double>(between) < kFewBetween * static_cast<double>(set);
}

struct ReadMask {
  MaskReading reading;
  int orientation = 0;
};

ReadMask read_as_stored(const std::filesystem::path& path, const ImageReadOptions& options) {
  const std::string bytes = read_file(path), name = path.string();
  const DecodedImage decoded = codec::decode_any({bytes, name, options.max_pixels, true});
  ReadMask out;
  out.orientation = decoded.orientation;
  MaskReading& reading = out.reading;
  const Tensor values = values_of(decoded, reading.carrier);
  reading.soft = codec::is_jpeg(bytes) || (decoded.pixels.dtype() == DType::U8 && has_soft_edges(values));
  const auto all = values.values<float>();
  const float cut = reading.soft ? static_cast<float>(kCut) * *std::max_element(all.begin(), all.end()) : 0;
  reading.mask = Tensor({values.dim(0), values.dim(1)}, DType::U8);
  std::transform(all.begin(), all.end(), reading.mask.data<std::uint8_t>(),
                 [&](float value) { return static_cast<std::uint8_t>(value > cut); });
  return out;
}

Tensor turned(const Tensor& mask, int orientation) {
  const Tensor out = codec::upright(mask.reshaped({mask.dim(0), mask.dim(1), 1}), orientation);
  return out.reshaped({out.dim(0), out.dim(1)});
}

bool has_size(const Tensor& mask, std::int64_t width, std::int64_t height) {
  return mask.dim(1) == width && mask.dim(0) == height;
}

/// Turns a mask that carries no orientation as its picture is turned, where it lies as the picture is stored.
void follow(const ImageInfo& picture, MaskReading& reading) {
  if (picture.orientation <= 1) return;
  std::int64_t stored_width = picture.width, stored_height = picture.height;
  if (picture.orientation >= 5) std::swap(stored_width, stored_height);
  if (!has_size(reading.mask, stored_width, stored_height)) return;
  reading.turn_assumed = has_size(reading.mask, picture.width, picture.height);
  reading.mask = turned(reading.mask, picture.orientation);
}

}  // namespace

Tensor read_mask(const std::filesystem::path& path, const ImageReadOptions& options) {
  const ReadMask read = read_as_stored(path, options);
  return turned(read.reading.mask, read.orientation);
}

MaskReading read_mask_of(const std::filesystem::path& path, const std::filesystem::path& picture,
                         const ImageReadOptions& options) {
  ReadMask read = read_as_stored(path, options);
  if (read.orientation != 0) {
    read.reading.mask = turned(read.reading.mask, read.orientation);
    return read.reading;
  }
  ImageInfo info;
  try {
    info = read_image_info(picture);
  } catch (const Error&) {
    return read.reading;  // whoever reads the picture says why
  }
  follow(info, read.reading);
  return read.reading;
}

}  // namespace vigie

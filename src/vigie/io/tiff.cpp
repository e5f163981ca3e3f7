#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "vigie/io/depth.h"
#include "vigie/io/image_codec.h"
#include "vigie/io/tiff_reader.h"

namespace vigie::codec {

namespace {

/// Where a block goes: the part of it that lies within the image.
struct Window {
  std::int64_t x, y, width, height;
};

/// Sample number `index` of a row of samples of 9 … 15 bits, packed most significant bit first.
std::uint16_t packed_sample(const std::uint8_t* row, int bits, std::int64_t index) {
  const std::int64_t first = index * bits, last = first + bits - 1;
  std::uint32_t held = 0;
  for (std::int64_t byte = first / 8; byte <= last / 8; ++byte) held = held << 8 | row[byte];
  return static_cast<std::uint16_t>(held >> (7 - last % 8) & largest_of_bits(bits));
}

template <typename T>
T stored_sample(const std::uint8_t* row, const TiffLayout& layout, std::int64_t index) {
  if constexpr (sizeof(T) == 2) {
    if (layout.bits < 16) return packed_sample(row, layout.bits, index);
  }
  T sample;
  std::memcpy(&sample, row + index * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return sample;
}

template <typename T>
void place_row(const std::uint8_t* stored, const TiffLayout& layout, int first_sample, std::int64_t count, T* out) {
  const int kept = layout.kept_samples();
  if (layout.bits < 8) {
    if constexpr (sizeof(T) == 1) unpack_samples(stored, layout.bits, count, out);
    return;
  }
  const int stride = layout.planes ? 1 : layout.samples, per_pixel = layout.planes ? 1 : kept;
  for (std::int64_t x = 0; x < count; ++x) {
    for (int c = 0; c < per_pixel; ++c)
      out[x * kept + first_sample + c] = stored_sample<T>(stored, layout, x * stride + c);
  }
}

/// The samples as stored, of which alpha may be left out: [H W kept_samples].
template <typename T>
Tensor read_samples(TiffReader& reader, const TiffLayout& layout) {
  const int kept = layout.kept_samples();
  const std::int64_t row_bytes = reader.block_row_bytes(layout);
  const std::int64_t row_bits = layout.block_width * layout.bits * (layout.planes ? 1 : layout.samples);
  if (row_bytes < (row_bits + 7) / 8) reader.refuse_corrupt();
  Tensor out({layout.height, layout.width, kept}, dtype_of<T>());
  std::vector<std::uint8_t> block(static_cast<std::size_t>(row_bytes * layout.block_height));
  for (int plane = 0; plane < (layout.planes ? kept : 1); ++plane) {
    for (std::int64_t y = 0; y < layout.height; y += layout.block_height) {
      for (std::int64_t x = 0; x < layout.width; x += layout.block_width) {
        const Window window{x, y, std::min(layout.block_width, layout.width - x),
                            std::min(layout.block_height, layout.height - y)};
        reader.read_block(layout, x, y, plane, block, row_bytes * window.height);
        for (std::int64_t row = 0; row < window.height; ++row) {
          place_row(block.data() + row * row_bytes, layout, plane, window.width,
                    out.data<T>() + ((y + row) * layout.width + x) * kept);
        }
      }
    }
  }
  return out;
}

/// 0 … 1 becomes 0 … 65535; anything else is no picture.
Tensor tensor_from_reals(const EncodedImage& image, const Tensor& reals) {
  Tensor out(reals.shape(), DType::U16);
  const float* value = reals.data<float>();
  std::uint16_t* target = out.data<std::uint16_t>();
  for (std::int64_t i = 0; i < reals.count(); ++i) {
    if (!(value[i] >= 0 && value[i] <= 1)) {
      const std::int64_t pixel = i / reals.dim(2);
      refuse(image, fmt::format("pixel ({}, {}) holds {}; a 32-bit float TIFF must lie within 0 and 1",
                                pixel % reals.dim(1), pixel / reals.dim(1), value[i]));
    }
    target[i] = static_cast<std::uint16_t>(std::lround(value[i] * 65535.0f));
  }
  return out;
}

Tensor expand_palette(const Tensor& indices, const std::vector<std::uint8_t>& palette) {
  Tensor out({indices.dim(0), indices.dim(1), 3}, DType::U8);
  std::uint8_t* target = out.data<std::uint8_t>();
  for (const std::uint8_t index : indices.values<std::uint8_t>())
    target = std::copy_n(&palette[3 * std::size_t{index}], 3, target);
  return out;
}

/// White is 0: grey becomes white − grey. Alpha, a second channel, stays.
template <typename T>
void invert(Tensor& pixels, std::uint32_t white) {
  auto values = pixels.values<T>();
  for (std::size_t i = 0; i < values.size(); i += static_cast<std::size_t>(pixels.dim(2)))
    values[i] = static_cast<T>(white - std::min<std::uint32_t>(values[i], white));
}

/// What MaxSampleValue says of 16-bit samples: `bits` where it is 2^bits − 1 and no sample is larger, else nothing.
/// Some programs write the largest value of the picture there.
int bits_from_largest(const Tensor& pixels, int largest_sample) {
  for (int bits = 8; bits <= 16; ++bits)
    if (largest_sample == static_cast<int>(largest_of_bits(bits)))
      return depth_use_of(pixels).largest <= largest_of_bits(bits) ? bits : 0;
  return 0;
}

void decode_palette(TiffReader& reader, const TiffLayout& layout, bool as_mask, DecodedImage& decoded) {
  const std::vector<std::uint8_t> palette = reader.palette(layout);
  decoded.pixels = read_samples<std::uint8_t>(reader, layout);
  if (!as_mask) {
    decoded.pixels = expand_palette(decoded.pixels, palette);
    return;
  }
  decoded.black.emplace();
  for (std::size_t i = 0; 3 * i < palette.size(); ++i)
    decoded.black->set(i, palette[3 * i] == 0 && palette[3 * i + 1] == 0 && palette[3 * i + 2] == 0);
}

void decode_bytes(TiffReader& reader, const TiffLayout& layout, DecodedImage& decoded) {
  decoded.pixels = read_samples<std::uint8_t>(reader, layout);
  if (layout.bits < 8) {
    const int largest = (1 << layout.bits) - 1;
    for (std::uint8_t& value : decoded.pixels.values<std::uint8_t>())
      value = static_cast<std::uint8_t>(value * 255 / largest);
  }
  if (layout.photometric == PHOTOMETRIC_MINISWHITE) invert<std::uint8_t>(decoded.pixels, 255);
}

void decode_words(TiffReader& reader, const TiffLayout& layout, DecodedImage& decoded) {
  decoded.pixels = read_samples<std::uint16_t>(reader, layout);
  decoded.settled = layout.bits < 16;
  decoded.stated_bits = decoded.settled ? layout.bits : bits_from_largest(decoded.pixels, layout.largest_sample);
  if (layout.photometric == PHOTOMETRIC_MINISWHITE)
    invert<std::uint16_t>(decoded.pixels, largest_of_bits(decoded.stated_bits == 0 ? 16 : decoded.stated_bits));
}

}  // namespace

ImageHeader read_tiff_header(const EncodedImage& image) {
  const TiffLayout layout = TiffReader(image).layout();
  const int bits = layout.real ? 32 : std::max<int>(layout.bits, 8);
  return {layout.width, layout.height, layout.channels(), bits, layout.orientation, layout.unnamed_channel()};
}

DecodedImage decode_tiff(const EncodedImage& image) {
  TiffReader reader(image);
  const TiffLayout layout = reader.layout();
  check_size(image, layout.width, layout.height);
  // A tile may be larger than the image: it is allocated too.
  check_size(image, layout.block_width, layout.block_height);
  DecodedImage decoded;
  decoded.orientation = layout.orientation;
  decoded.unnamed_channel = layout.unnamed_channel();
  decoded.alpha = layout.keep_alpha;
  if (layout.palette()) {
    decode_palette(reader, layout, image.as_mask, decoded);
  } else if (layout.real) {
    decoded.pixels = tensor_from_reals(image, read_samples<float>(reader, layout));
    decoded.stated_bits = 16;
  } else if (layout.bits > 8) {
    decode_words(reader, layout, decoded);
  } else {
    decode_bytes(reader, layout, decoded);
  }
  return decoded;
}

}  // namespace vigie::codec

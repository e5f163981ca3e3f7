#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "vigie/io/byte_reader.h"
#include "vigie/io/image_codec.h"

namespace vigie::codec {

namespace {

constexpr std::uint32_t kFileHeaderBytes = 14, kInfoHeaderBytes = 40;
constexpr std::uint32_t kPlain = 0, kBitFields = 3, kAlphaBitFields = 6;

using Colour = std::array<std::uint8_t, 3>;  ///< red, green, blue

/// A Windows bitmap as its headers describe it.
struct Bitmap {
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool top_down = false;
  int bits = 0;                             ///< per pixel
  std::array<std::uint32_t, 3> masks = {};  ///< of red, green, blue; 16 and 32 bits only
  std::vector<Colour> palette;              ///< 8 bits and less only
  std::uint64_t pixel_offset = 0;

  /// BMP knows no grey; grey images are stored with a palette of greys.
  bool grey() const {
    for (const Colour& colour : palette) {
      if (colour[0] != colour[1] || colour[1] != colour[2]) return false;
    }
    return bits <= 8;
  }
  std::uint64_t row_bytes() const {
    return (static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(bits) + 31) / 32 * 4;
  }
};

void read_masks(ByteReader& reader, const EncodedImage& image, std::uint32_t compression, Bitmap& bitmap) {
  if (compression == kPlain) {
    if (bitmap.bits == 16) bitmap.masks = {0x7C00, 0x03E0, 0x001F};
    if (bitmap.bits == 32) bitmap.masks = {0xFF0000, 0x00FF00, 0x0000FF};
    return;
  }
  if (bitmap.bits != 16 && bitmap.bits != 32)
    refuse(image, fmt::format("BMP with colour masks and {} bits", bitmap.bits));
  for (std::uint32_t& mask : bitmap.masks) {
    mask = reader.number<std::uint32_t>();
    const std::uint64_t low_bits_set = std::uint64_t{mask} | (std::uint64_t{mask} - 1);
    if (mask == 0 || !std::has_single_bit(low_bits_set + 1) || (bitmap.bits == 16 && mask > 0xFFFF)) {
      refuse(image, fmt::format("BMP with an unusable colour mask {:#x}", mask));
    }
  }
}

void read_palette(ByteReader& reader, const EncodedImage& image, std::uint32_t stated_colours, Bitmap& bitmap) {
  const std::uint32_t possible = 1u << bitmap.bits;
  if (stated_colours > possible) refuse(image, fmt::format("BMP with a palette of {} colours", stated_colours));
  bitmap.palette.resize(stated_colours == 0 ? possible : stated_colours);
  for (Colour& colour : bitmap.palette) {
    const std::string_view stored = reader.take(4);  // blue, green, red, unused
    for (std::size_t c = 0; c < 3; ++c) colour[c] = static_cast<std::uint8_t>(stored[2 - c]);
  }
}

Bitmap read_bitmap(const EncodedImage& image) {
  ByteReader reader(image.bytes, "read_image", image.path, "truncated or corrupt BMP");
  Bitmap bitmap;
  reader.seek(10);
  bitmap.pixel_offset = reader.number<std::uint32_t>();
  const auto header_bytes = reader.number<std::uint32_t>();
  if (header_bytes < kInfoHeaderBytes)
    refuse(image, fmt::format("BMP with a header of {} bytes is not supported", header_bytes));
  bitmap.width = reader.number<std::int32_t>();
  bitmap.height = reader.number<std::int32_t>();
  bitmap.top_down = bitmap.height < 0;
  if (bitmap.top_down) bitmap.height = -bitmap.height;
  reader.number<std::uint16_t>();  // planes
  bitmap.bits = reader.number<std::uint16_t>();
  const auto compression = reader.number<std::uint32_t>();
  reader.seek(kFileHeaderBytes + 32);
  const auto stated_colours = reader.number<std::uint32_t>();
  if (compression != kPlain && compression != kBitFields && compression != kAlphaBitFields) {
    refuse(image, fmt::format("BMP with compression {} is not supported; store it uncompressed", compression));
  }
  constexpr std::array kBits = {1, 4, 8, 16, 24, 32};
  if (std::find(kBits.begin(), kBits.end(), bitmap.bits) == kBits.end())
    refuse(image, fmt::format("BMP with {} bits per pixel", bitmap.bits));
  reader.seek(kFileHeaderBytes + kInfoHeaderBytes);
  read_masks(reader, image, compression, bitmap);
  if (bitmap.bits <= 8) {
    reader.seek(std::uint64_t{kFileHeaderBytes} + header_bytes);
    read_palette(reader, image, stated_colours, bitmap);
  }
  return bitmap;
}

/// The bits under a mask, stretched to 0 … 255.
std::uint8_t masked_sample(std::uint32_t pixel, std::uint32_t mask) {
  const int shift = std::countr_zero(mask);
  const std::uint64_t largest = mask >> shift, value = (pixel & mask) >> shift;
  return static_cast<std::uint8_t>((value * 255 + largest / 2) / largest);
}

void decode_direct_row(const Bitmap& bitmap, const std::uint8_t* stored, std::uint8_t* out) {
  const int pixel_bytes = bitmap.bits / 8;
  for (std::int64_t x = 0; x < bitmap.width; ++x, stored += pixel_bytes, out += 3) {
    if (bitmap.bits == 24) {
      for (int c = 0; c < 3; ++c) out[c] = stored[2 - c];
      continue;
    }
    std::uint32_t pixel = 0;
    for (int i = 0; i < pixel_bytes; ++i) pixel |= std::uint32_t{stored[i]} << (8 * i);
    for (std::size_t c = 0; c < 3; ++c) out[c] = masked_sample(pixel, bitmap.masks[c]);
  }
}

/// `indices` is scratch memory of `width` bytes. False when an index lies outside the palette.
bool decode_palette_row(const Bitmap& bitmap, const std::uint8_t* stored, std::uint8_t* indices, int channels,
                        std::uint8_t* out) {
  unpack_samples(stored, bitmap.bits, bitmap.width, indices);
  for (std::int64_t x = 0; x < bitmap.width; ++x) {
    if (indices[x] >= bitmap.palette.size()) return false;
    for (int c = 0; c < channels; ++c) *out++ = bitmap.palette[indices[x]][static_cast<std::size_t>(c)];
  }
  return true;
}

}  // namespace

ImageHeader read_bmp_header(const EncodedImage& image) {
  const Bitmap bitmap = read_bitmap(image);
  return {bitmap.width, bitmap.height, bitmap.grey() ? 1 : 3, 8};
}

DecodedImage decode_bmp(const EncodedImage& image) {
  const Bitmap bitmap = read_bitmap(image);
  check_size(image, bitmap.width, bitmap.height);
  ByteReader reader(image.bytes, "read_image", image.path, "truncated or corrupt BMP");
  reader.seek(bitmap.pixel_offset);
  const std::string_view stored = reader.take(bitmap.row_bytes() * static_cast<std::uint64_t>(bitmap.height));

  const bool by_index = image.as_mask && bitmap.bits <= 8;
  const int channels = by_index || bitmap.grey() ? 1 : 3;
  Tensor pixels({bitmap.height, bitmap.width, channels}, DType::U8);
  std::vector<std::uint8_t> indices(static_cast<std::size_t>(bitmap.width));
  for (std::int64_t y = 0; y < bitmap.height; ++y) {
    const std::int64_t stored_row = bitmap.top_down ? y : bitmap.height - 1 - y;
    const auto* row = reinterpret_cast<const std::uint8_t*>(stored.data()) +
                      static_cast<std::uint64_t>(stored_row) * bitmap.row_bytes();
    std::uint8_t* out = pixels.data<std::uint8_t>() + y * bitmap.width * channels;
    if (by_index) {
      unpack_samples(row, bitmap.bits, bitmap.width, out);
    } else if (bitmap.bits > 8) {
      decode_direct_row(bitmap, row, out);
    } else if (!decode_palette_row(bitmap, row, indices.data(), channels, out)) {
      refuse(image,
             fmt::format("corrupt BMP: a colour in row {} lies outside the palette of {}", y, bitmap.palette.size()));
    }
  }
  DecodedImage decoded{pixels};
  if (by_index) {
    decoded.black.emplace();
    for (std::size_t i = 0; i < bitmap.palette.size(); ++i) decoded.black->set(i, bitmap.palette[i] == Colour{});
  }
  return decoded;
}

}  // namespace vigie::codec

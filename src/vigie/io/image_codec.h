#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vigie/core/error.h"
#include "vigie/core/tensor.h"

// What the image formats offer to image.cpp. Internal to io/.
namespace vigie::codec {

/// An image file in memory, and the path for messages.
struct EncodedImage {
  std::string_view bytes;
  std::string path;
  std::int64_t max_pixels = 0;
  /// Palettes stay indices (one channel), alpha stays as the last channel.
  bool as_mask = false;
};

/// As stored, before EXIF orientation.
struct ImageHeader {
  std::int64_t width = 0;
  std::int64_t height = 0;
  int channels = 0;              ///< 1 or 3: colours, without alpha, palettes expanded
  int bits = 0;                  ///< 8 … 16, or 32 (float)
  int orientation = 0;           ///< EXIF 1 … 8; 0: not said
  bool unnamed_channel = false;  ///< one more channel that is not called alpha
};

struct DecodedImage {
  Tensor pixels;  ///< U8 or U16 [H W C]
  int orientation = 0;
  int stated_bits = 8;  ///< as StoredImage
  bool settled = true;
  bool unnamed_channel = false;
  // Of masks only:
  bool alpha = false;                          ///< the last channel is one
  std::optional<std::bitset<256>> black = {};  ///< the pixels are indices; which colours of their palette are black
};

/// Throws BadFile "path: reason".
[[noreturn]] inline void refuse(const EncodedImage& image, std::string_view reason) {
  fail(ErrorKind::BadFile, "read_image", "{}: {}", image.path, reason);
}

/// Throws BadFile when either side is not positive or width * height exceeds max_pixels.
void check_size(const EncodedImage& image, std::int64_t width, std::int64_t height);

/// Decoded by the codec that knows the content. Throws BadFile.
DecodedImage decode_any(const EncodedImage& image);
bool is_jpeg(std::string_view bytes);

ImageHeader read_jpeg_header(const EncodedImage& image);
DecodedImage decode_jpeg(const EncodedImage& image);

ImageHeader read_png_header(const EncodedImage& image);
DecodedImage decode_png(const EncodedImage& image);

ImageHeader read_tiff_header(const EncodedImage& image);
DecodedImage decode_tiff(const EncodedImage& image);

ImageHeader read_bmp_header(const EncodedImage& image);
DecodedImage decode_bmp(const EncodedImage& image);

/// Orientation 1 … 8 in an EXIF block (a small TIFF: "II*\0" or "MM\0*" first). 0 when absent or malformed: a
/// photograph with broken EXIF is still a photograph.
int exif_orientation(std::string_view block);

/// [H W C] turned upright: what a viewer shows for an image stored with this EXIF orientation; 0 is as 1.
Tensor upright(const Tensor& pixels, int orientation);

/// One row of `count` packed samples of 1, 2, 4 or 8 bits, most significant first, one byte each.
void unpack_samples(const std::uint8_t* packed, int bits, std::int64_t count, std::uint8_t* samples);

/// Extents of an image to encode: [H W], [H W 1] or [H W 3]. Throws InvalidArgument for another shape or no pixels.
struct ImageExtents {
  std::int64_t height = 0;
  std::int64_t width = 0;
  int channels = 0;
};
ImageExtents extents_to_encode(const Tensor& image, std::string_view where);

}  // namespace vigie::codec

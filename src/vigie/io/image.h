#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "vigie/core/tensor.h"

namespace vigie {

struct ImageReadOptions {
  /// Larger images are refused before their pixels are allocated.
  std::int64_t max_pixels = 100'000'000;
  /// How many of the 16 bits of a sample a camera uses, 8 … 16, low-aligned: 12 means that white is 4095. Decides over
  /// what a file says. 0: not given.
  int bits = 0;
  /// The same for files that say nothing themselves (what a training set used). 0: all 16.
  int bits_where_unsaid = 0;
};

/// An image: U8 or U16, [H W C] with C = 1 (grey) or 3 (RGB). Samples span the full range of their type: where a file
/// uses fewer of 16 bits (packed TIFF, PNG sBIT, TIFF MaxSampleValue, options.bits) they are stretched. Palettes are
/// expanded, alpha is dropped, EXIF orientation is applied, CMYK is refused. 32-bit float TIFF is accepted when finite
/// and within 0 … 1 (it becomes U16). PNG, JPEG, BMP, TIFF, recognised by content, not by name. One picture a file:
/// several pages or frames are refused. Throws NotFound, or BadFile with path and reason: empty, truncated, not an
/// image, NaN, too large, more bits used than options say.
Tensor read_image(const std::filesystem::path& path, const ImageReadOptions& options = {});

/// The same from the bytes of an image file; `name` stands for the path in messages.
Tensor decode_image(std::string_view bytes, const std::string& name, const ImageReadOptions& options = {});

/// An image before its samples are stretched, and what its file says of them.
struct StoredImage {
  Tensor pixels;         ///< U8 or U16 [H W 1|3], upright
  int stated_bits = 0;   ///< bits that the samples use, as the file says: 8 … 16; 0: a 16-bit file that does not say
  bool settled = false;  ///< the format leaves no doubt about stated_bits (8-bit files, packed samples, floats)
  bool unnamed_channel = false;  ///< one channel more that no tag calls alpha (near infrared, height) was left out
};
/// Only options.max_pixels counts. Throws as read_image.
StoredImage read_stored_image(const std::filesystem::path& path, const ImageReadOptions& options = {});

/// The same from the bytes of an image file; `name` stands for the path in messages.
StoredImage decode_stored_image(std::string_view bytes, const std::string& name, const ImageReadOptions& options = {});

/// What read_image gives for it. `name` stands for the path in messages.
Tensor at_full_range(const StoredImage& stored, const std::string& name, const ImageReadOptions& options);

struct ImageInfo {
  std::int64_t width = 0;  ///< after EXIF orientation
  std::int64_t height = 0;
  int channels = 0;              ///< 1 or 3, after palette expansion and without alpha
  int bits = 0;                  ///< of a stored sample: 8 … 16 (32-bit float TIFF: 32)
  int orientation = 0;           ///< EXIF or TIFF 1 … 8; 0: the file does not say
  bool unnamed_channel = false;  ///< see StoredImage
};

/// Header only, cheap. Same errors as read_image, as far as the header shows them.
ImageInfo read_image_info(const std::filesystem::path& path);

/// True for the extensions of the formats above, any case: .png .jpg .jpeg .jpe .jfif .jif .jfi .bmp .dib .tif .tiff.
bool has_image_extension(const std::filesystem::path& path);

/// True for extensions of other image formats (.webp .heic .gif .jp2 …), which are said to be left out, not overlooked.
bool has_other_image_extension(const std::filesystem::path& path);

/// Do the first bytes of the file belong to a format that read_image() knows, whatever its name? False when it cannot
/// be opened.
bool is_readable_image(const std::filesystem::path& path);

/// Writes [H W], [H W 1] or [H W 3], U8 (all formats) or U16 (PNG), format by extension (.png, .jpg); atomic.
void write_image(const std::filesystem::path& path, const Tensor& image, int jpeg_quality = 92);

/// Encoded bytes of U8 [H W] / [H W 1] / [H W 3].
std::string encode_jpeg(const Tensor& image, int quality);
std::string encode_png(const Tensor& image);

}  // namespace vigie

#include "vigie/io/image.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "vigie/io/depth.h"
#include "vigie/io/file.h"
#include "vigie/io/image_codec.h"

namespace vigie {

namespace {

using codec::DecodedImage;
using codec::EncodedImage;
using codec::ImageHeader;

constexpr std::size_t kHeaderPart = 1 << 16;  // holds the header of nearly every file

bool is_png(std::string_view bytes) {
  return bytes.starts_with("\x89PNG\r\n\x1a\n");
}
bool is_bmp(std::string_view bytes) {
  return bytes.starts_with("BM");
}
bool is_tiff(std::string_view bytes) {  // 42 marks TIFF, 43 BigTIFF, in either byte order
  using namespace std::string_view_literals;
  return bytes.starts_with("II\x2a\0"sv) || bytes.starts_with("MM\0\x2a"sv) || bytes.starts_with("II\x2b\0"sv) ||
         bytes.starts_with("MM\0\x2b"sv);
}

struct Codec {
  bool (*recognises)(std::string_view);
  ImageHeader (*read_header)(const EncodedImage&);
  DecodedImage (*decode)(const EncodedImage&);
};

constexpr Codec kCodecs[] = {{is_png, codec::read_png_header, codec::decode_png},
                             {codec::is_jpeg, codec::read_jpeg_header, codec::decode_jpeg},
                             {is_bmp, codec::read_bmp_header, codec::decode_bmp},
                             {is_tiff, codec::read_tiff_header, codec::decode_tiff}};

const Codec& codec_for(const EncodedImage& image) {
  if (image.bytes.empty()) codec::refuse(image, "empty file");
  for (const Codec& codec : kCodecs) {
    if (codec.recognises(image.bytes)) return codec;
  }
  codec::refuse(image, "not a PNG, JPEG, BMP or TIFF image");
}

ImageInfo info_from_header(const ImageHeader& header) {
  ImageInfo info{header.width, header.height, header.channels, header.bits, header.orientation, header.unnamed_channel};
  if (header.orientation >= 5) std::swap(info.width, info.height);
  return info;
}

ImageInfo info_of(std::string_view bytes, const std::filesystem::path& path) {
  const EncodedImage image{bytes, path.string(), std::numeric_limits<std::int64_t>::max(), false};
  const ImageHeader header = codec_for(image).read_header(image);
  codec::check_size(image, header.width, header.height);
  return info_from_header(header);
}

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

}  // namespace

namespace codec {

bool is_jpeg(std::string_view bytes) {
  return bytes.starts_with("\xff\xd8\xff");
}

DecodedImage decode_any(const EncodedImage& image) {
  return codec_for(image).decode(image);
}

void check_size(const EncodedImage& image, std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) refuse(image, fmt::format("{} x {} pixels", width, height));
  if (width > image.max_pixels / height) {  // both sides are 32-bit numbers: no product that could overflow
    refuse(image, fmt::format("{} x {} pixels, more than the {} allowed; raise --max-pixels to read it", width, height,
                              image.max_pixels));
  }
}

void unpack_samples(const std::uint8_t* packed, int bits, std::int64_t count, std::uint8_t* samples) {
  const int per_byte = 8 / bits;
  const int mask = (1 << bits) - 1;
  for (std::int64_t i = 0; i < count; ++i) {
    const int shift = 8 - bits * (1 + static_cast<int>(i % per_byte));
    samples[i] = static_cast<std::uint8_t>(packed[i / per_byte] >> shift & mask);
  }
}

ImageExtents extents_to_encode(const Tensor& image, std::string_view where) {
  const bool plain = image.rank() == 2 || (image.rank() == 3 && (image.dim(2) == 1 || image.dim(2) == 3));
  VIGIE_CHECK(plain && !image.empty(), where, "an image must be [H W], [H W 1] or [H W 3], not {}",
              to_string(image.shape()));
  return {image.dim(0), image.dim(1), image.rank() == 2 ? 1 : static_cast<int>(image.dim(2))};
}

}  // namespace codec

Tensor read_image(const std::filesystem::path& path, const ImageReadOptions& options) {
  return decode_image(read_file(path), path.string(), options);
}

Tensor decode_image(std::string_view bytes, const std::string& name, const ImageReadOptions& options) {
  return at_full_range(decode_stored_image(bytes, name, options), name, options);
}

StoredImage read_stored_image(const std::filesystem::path& path, const ImageReadOptions& options) {
  return decode_stored_image(read_file(path), path.string(), options);
}

StoredImage decode_stored_image(std::string_view bytes, const std::string& name, const ImageReadOptions& options) {
  const DecodedImage decoded = codec::decode_any({bytes, name, options.max_pixels});
  return {codec::upright(decoded.pixels, decoded.orientation), decoded.stated_bits, decoded.settled,
          decoded.unnamed_channel};
}

Tensor at_full_range(const StoredImage& stored, const std::string& name, const ImageReadOptions& options) {
  if (stored.pixels.dtype() != DType::U16) return stored.pixels;
  if (stored.settled) return stretched(stored.pixels, stored.stated_bits, name);
  for (const int bits : {options.bits, stored.stated_bits, options.bits_where_unsaid})
    if (bits != 0) return stretched(stored.pixels, bits, name);
  return stored.pixels;
}

ImageInfo read_image_info(const std::filesystem::path& path) {
  const std::string start = read_file_start(path, kHeaderPart);
  if (start.size() == kHeaderPart && !is_tiff(start)) {
    try {
      return info_of(start, path);
    } catch (const Error&) {
      // Long metadata may come first: the whole file decides.
    }
  }
  return info_of(start.size() < kHeaderPart ? start : read_file(path), path);
}

bool has_image_extension(const std::filesystem::path& path) {
  constexpr std::string_view kExtensions[] = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif",
                                              ".jfi", ".bmp", ".dib",  ".tif", ".tiff"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), lower_extension(path)) != std::end(kExtensions);
}

bool has_other_image_extension(const std::filesystem::path& path) {
  constexpr std::string_view kExtensions[] = {
      ".webp", ".gif",  ".apng", ".jp2", ".j2k", ".jpf", ".jpx",  ".jpm", ".j2c", ".jxl", ".jxr",
      ".heic", ".heif", ".avif", ".exr", ".hdr", ".psd", ".tga",  ".pcx", ".ppm", ".pgm", ".pbm",
      ".pnm",  ".pfm",  ".ras",  ".sgi", ".dng", ".cr2", ".cr3",  ".nef", ".arw", ".raf", ".orf",
      ".rw2",  ".raw",  ".dcm",  ".qoi", ".dds", ".fit", ".fits", ".btf", ".tf8"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), lower_extension(path)) != std::end(kExtensions);
}

bool is_readable_image(const std::filesystem::path& path) try {
  const std::string start = read_file_start(path, 16);
  return std::any_of(std::begin(kCodecs), std::end(kCodecs),
                     [&](const Codec& codec) { return codec.recognises(start); });
} catch (const Error&) {
  return false;
}

void write_image(const std::filesystem::path& path, const Tensor& image, int jpeg_quality) {
  const std::string extension = lower_extension(path);
  if (extension == ".png") return write_file(path, encode_png(image));
  if (extension == ".jpg" || extension == ".jpeg") return write_file(path, encode_jpeg(image, jpeg_quality));
  fail(ErrorKind::InvalidArgument, "write_image", "{}: images are written as .png or .jpg", path.string());
}

}  // namespace vigie

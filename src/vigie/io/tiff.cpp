#include <tiffio.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <vector>

#include "vigie/io/image_codec.h"

namespace vigie::codec {

namespace {

constexpr tmsize_t kMaxAllocation = tmsize_t{1} << 32;  // what libtiff may ask for at once, whatever the tags say

/// The first page as its tags describe it. Samples are stored in blocks: strips (as wide as the image) or tiles.
struct Layout {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t block_width = 0;
  std::int64_t block_height = 0;
  std::uint16_t bits = 1;
  std::uint16_t samples = 1;  ///< per pixel, alpha included
  std::uint16_t photometric = 0;
  std::uint16_t orientation = 1;
  bool real = false;  ///< 32-bit floats
  bool tiled = false;
  bool planes = false;  ///< one plane after another instead of interleaved

  bool palette() const { return photometric == PHOTOMETRIC_PALETTE; }
  bool grey() const { return photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE; }
  int kept_samples() const { return grey() || palette() ? 1 : 3; }
  int channels() const { return grey() ? 1 : 3; }
};

/// libtiff over bytes in memory; nothing is printed, the first complaint is kept for the message.
class Reader {
 public:
  explicit Reader(const EncodedImage& image) : image_(image) {
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_complaint, this);
    TIFFOpenOptionsSetWarningHandlerExtR(
        options, [](TIFF*, void*, const char*, const char*, va_list) { return 1; }, this);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMaxAllocation);
    tiff_ = TIFFClientOpenExt(
        "image", "rm", this, read, write, seek, [](thandle_t) { return 0; }, size_of, nullptr, nullptr, options);
    TIFFOpenOptionsFree(options);
    if (tiff_ == nullptr) refuse_corrupt();
  }
  ~Reader() {
    if (tiff_ != nullptr) TIFFClose(tiff_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Layout layout();

  /// Bytes of one row of a block.
  std::int64_t block_row_bytes(const Layout& layout) const {
    return layout.tiled ? TIFFTileRowSize64(tiff_) : TIFFScanlineSize64(tiff_);
  }

  /// Reads the block that holds pixel (x, y) of a plane: `rows` rows of it, or all rows of a tile.
  void read_block(const Layout& layout, std::int64_t x, std::int64_t y, int plane, std::vector<std::uint8_t>& block,
                  std::int64_t needed_bytes) {
    const auto column = static_cast<std::uint32_t>(x), row = static_cast<std::uint32_t>(y);
    const auto sample = static_cast<std::uint16_t>(plane);
    const auto capacity = static_cast<tmsize_t>(block.size());
    const tmsize_t got =
        layout.tiled
            ? TIFFReadEncodedTile(tiff_, TIFFComputeTile(tiff_, column, row, 0, sample), block.data(), capacity)
            : TIFFReadEncodedStrip(tiff_, TIFFComputeStrip(tiff_, row, sample), block.data(), capacity);
    if (got < needed_bytes) refuse_corrupt();
  }

  /// Red, green and blue of every index, 8 bits each.
  std::vector<std::uint8_t> palette(const Layout& layout);

  [[noreturn]] void refuse_corrupt() const {
    refuse(image_, fmt::format("truncated or corrupt TIFF ({})", complaint_[0] == '\0' ? "data missing" : complaint_));
  }

 private:
  template <typename T>
  T field(std::uint32_t tag, T fallback) {
    T value = fallback;
    return TIFFGetFieldDefaulted(tiff_, tag, &value) == 1 ? value : fallback;
  }
  void check_supported(const Layout& layout, std::uint16_t format) const;

  static Reader& self(thandle_t handle) { return *static_cast<Reader*>(handle); }
  static int keep_complaint(TIFF*, void* handle, const char*, const char* format, va_list values) {
    Reader& reader = self(handle);
    if (reader.complaint_[0] == '\0') std::vsnprintf(reader.complaint_, sizeof reader.complaint_, format, values);
    return 1;  // handled: libtiff's global handlers stay out of it
  }
  static tmsize_t read(thandle_t handle, void* target, tmsize_t bytes) {
    Reader& reader = self(handle);
    const std::string_view all = reader.image_.bytes;
    if (reader.position_ >= all.size() || bytes < 0) return 0;
    const std::string_view part = all.substr(reader.position_, static_cast<std::size_t>(bytes));
    std::memcpy(target, part.data(), part.size());
    reader.position_ += part.size();
    return static_cast<tmsize_t>(part.size());
  }
  static tmsize_t write(thandle_t, void*, tmsize_t) { return 0; }
  static toff_t seek(thandle_t handle, toff_t offset, int origin) {
    Reader& reader = self(handle);
    if (origin == SEEK_SET) reader.position_ = offset;
    if (origin == SEEK_CUR) reader.position_ += offset;
    if (origin == SEEK_END) reader.position_ = reader.image_.bytes.size() + offset;
    return reader.position_;
  }
  static toff_t size_of(thandle_t handle) { return self(handle).image_.bytes.size(); }

  const EncodedImage& image_;
  TIFF* tiff_ = nullptr;
  std::uint64_t position_ = 0;
  char complaint_[160] = "";
};

void Reader::check_supported(const Layout& layout, std::uint16_t format) const {
  const auto reject = [&](const std::string& what) {
    refuse(image_, fmt::format("TIFF with {} is not supported; convert it to 8 or 16 bit grey or RGB", what));
  };
  if (!layout.grey() && !layout.palette() && layout.photometric != PHOTOMETRIC_RGB) {
    reject(layout.photometric == PHOTOMETRIC_SEPARATED ? std::string("CMYK colours")
                                                       : fmt::format("photometric type {}", layout.photometric));
  }
  const bool whole = format == SAMPLEFORMAT_UINT && (layout.bits == 8 || layout.bits == 16);
  const bool packed = format == SAMPLEFORMAT_UINT && layout.bits <= 4 && std::has_single_bit(layout.bits) &&
                      layout.kept_samples() == 1 && layout.samples == 1;
  if (!(whole || packed || layout.real) || (layout.palette() && layout.bits > 8)) {
    reject(fmt::format("{} bits of sample format {}", layout.bits, format));
  }
  if (layout.samples < layout.kept_samples() || layout.samples > layout.kept_samples() + 1) {
    reject(fmt::format("{} samples per pixel", layout.samples));
  }
}

Layout Reader::layout() {
  Layout layout;
  layout.width = field<std::uint32_t>(TIFFTAG_IMAGEWIDTH, 0);
  layout.height = field<std::uint32_t>(TIFFTAG_IMAGELENGTH, 0);
  layout.bits = field<std::uint16_t>(TIFFTAG_BITSPERSAMPLE, 1);
  layout.samples = field<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL, 1);
  layout.photometric = field<std::uint16_t>(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  layout.planes = field<std::uint16_t>(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE;
  layout.orientation = field<std::uint16_t>(TIFFTAG_ORIENTATION, 1);
  if (layout.orientation < 1 || layout.orientation > 8) layout.orientation = 1;
  const auto format = field<std::uint16_t>(TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  layout.real = format == SAMPLEFORMAT_IEEEFP && layout.bits == 32 && !layout.palette();
  if (layout.photometric == PHOTOMETRIC_YCBCR && field<std::uint16_t>(TIFFTAG_COMPRESSION, 0) == COMPRESSION_JPEG &&
      !layout.planes) {
    TIFFSetField(tiff_, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);  // libjpeg converts while decoding
    layout.photometric = PHOTOMETRIC_RGB;
  }
  check_supported(layout, format);
  layout.tiled = TIFFIsTiled(tiff_) != 0;
  layout.block_width = layout.tiled ? field<std::uint32_t>(TIFFTAG_TILEWIDTH, 0) : layout.width;
  layout.block_height = layout.tiled
                            ? field<std::uint32_t>(TIFFTAG_TILELENGTH, 0)
                            : std::min<std::int64_t>(field<std::uint32_t>(TIFFTAG_ROWSPERSTRIP, ~0u), layout.height);
  return layout;
}

std::vector<std::uint8_t> Reader::palette(const Layout& layout) {
  std::uint16_t* colours[3] = {};
  if (TIFFGetField(tiff_, TIFFTAG_COLORMAP, &colours[0], &colours[1], &colours[2]) != 1)
    refuse(image_, "TIFF without its palette");
  const std::size_t count = std::size_t{1} << layout.bits;
  std::vector<std::uint8_t> palette(3 * count);
  for (std::size_t i = 0; i < palette.size(); ++i) palette[i] = static_cast<std::uint8_t>(colours[i % 3][i / 3] >> 8);
  return palette;
}

/// Where a block goes: the part of it that lies within the image.
struct Window {
  std::int64_t x, y, width, height;
};

template <typename T>
void place_row(const std::uint8_t* stored, const Layout& layout, int first_sample, std::int64_t count, T* out) {
  const int kept = layout.kept_samples();
  if (layout.bits < 8) {
    if constexpr (sizeof(T) == 1) unpack_samples(stored, layout.bits, count, out);
    return;
  }
  const int stride = layout.planes ? 1 : layout.samples, per_pixel = layout.planes ? 1 : kept;
  for (std::int64_t x = 0; x < count; ++x) {
    for (int c = 0; c < per_pixel; ++c) {
      std::memcpy(out + x * kept + first_sample + c, stored + (x * stride + c) * static_cast<std::int64_t>(sizeof(T)),
                  sizeof(T));
    }
  }
}

/// The samples as stored, alpha left out: [H W kept_samples].
template <typename T>
Tensor read_samples(Reader& reader, const Layout& layout) {
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

template <typename T>
void invert(Tensor& pixels) {
  for (T& value : pixels.values<T>()) value = static_cast<T>(~value);
}

Tensor read_pixels(const EncodedImage& image, Reader& reader, const Layout& layout) {
  if (layout.palette()) return expand_palette(read_samples<std::uint8_t>(reader, layout), reader.palette(layout));
  Tensor pixels = layout.real         ? tensor_from_reals(image, read_samples<float>(reader, layout))
                  : layout.bits == 16 ? read_samples<std::uint16_t>(reader, layout)
                                      : read_samples<std::uint8_t>(reader, layout);
  if (layout.bits < 8) {
    const int largest = (1 << layout.bits) - 1;
    for (std::uint8_t& value : pixels.values<std::uint8_t>()) value = static_cast<std::uint8_t>(value * 255 / largest);
  }
  if (layout.photometric == PHOTOMETRIC_MINISWHITE) {
    pixels.dtype() == DType::U16 ? invert<std::uint16_t>(pixels) : invert<std::uint8_t>(pixels);
  }
  return pixels;
}

}  // namespace

ImageHeader read_tiff_header(const EncodedImage& image) {
  const Layout layout = Reader(image).layout();
  const int bits = layout.real ? 32 : layout.bits == 16 ? 16 : 8;
  return {layout.width, layout.height, layout.channels(), bits, layout.orientation};
}

DecodedImage decode_tiff(const EncodedImage& image) {
  Reader reader(image);
  const Layout layout = reader.layout();
  check_size(image, layout.width, layout.height);
  // A tile may be larger than the image: it is allocated too.
  check_size(image, layout.block_width, layout.block_height);
  return {read_pixels(image, reader, layout), layout.orientation};
}

}  // namespace vigie::codec

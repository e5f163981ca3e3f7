#include "vigie/io/tiff_reader.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>

namespace vigie::codec {

namespace {

constexpr tmsize_t kMaxAllocation = tmsize_t{1} << 32;  // what libtiff may ask for at once, whatever the tags say
constexpr int kMostPages = 10'000;                      // looked at; a longer file is refused anyway

}  // namespace

TiffReader::TiffReader(const EncodedImage& image) : image_(image) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_complaint, this);
  TIFFOpenOptionsSetWarningHandlerExtR(
      options, [](TIFF*, void*, const char*, const char*, va_list) { return 1; }, this);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMaxAllocation);
  tiff_ = TIFFClientOpenExt(
      "image", "rm", this, read, [](thandle_t, void*, tmsize_t) { return tmsize_t{0}; }, seek,
      [](thandle_t) { return 0; }, [](thandle_t handle) -> toff_t { return self(handle).image_.bytes.size(); }, nullptr,
      nullptr, options);
  TIFFOpenOptionsFree(options);
  if (tiff_ == nullptr) refuse_corrupt();
  try {
    choose_picture();
  } catch (...) {
    TIFFClose(tiff_);
    throw;
  }
}

TiffReader::~TiffReader() {
  TIFFClose(tiff_);
}

int TiffReader::keep_complaint(TIFF*, void* handle, const char*, const char* format, va_list values) {
  TiffReader& reader = self(handle);
  if (reader.complaint_[0] == '\0') std::vsnprintf(reader.complaint_, sizeof reader.complaint_, format, values);
  return 1;  // handled: libtiff's global handlers stay out of it
}

tmsize_t TiffReader::read(thandle_t handle, void* target, tmsize_t bytes) {
  TiffReader& reader = self(handle);
  const std::string_view all = reader.image_.bytes;
  if (reader.position_ >= all.size() || bytes < 0) return 0;
  const std::string_view part = all.substr(reader.position_, static_cast<std::size_t>(bytes));
  std::memcpy(target, part.data(), part.size());
  reader.position_ += part.size();
  return static_cast<tmsize_t>(part.size());
}

toff_t TiffReader::seek(thandle_t handle, toff_t offset, int origin) {
  TiffReader& reader = self(handle);
  if (origin == SEEK_SET) reader.position_ = offset;
  if (origin == SEEK_CUR) reader.position_ += offset;
  if (origin == SEEK_END) reader.position_ = reader.image_.bytes.size() + offset;
  return reader.position_;
}

void TiffReader::refuse_corrupt() const {
  refuse(image_, fmt::format("truncated or corrupt TIFF ({})", complaint_[0] == '\0' ? "data missing" : complaint_));
}

/// Is the current page neither a preview nor a transparency mask?
bool TiffReader::holds_picture() {
  const auto kind = stated_field<std::uint32_t>(TIFFTAG_SUBFILETYPE, 0);
  return (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0 &&
         stated_field<std::uint16_t>(TIFFTAG_OSUBFILETYPE, 0) != OFILETYPE_REDUCEDIMAGE;
}

void TiffReader::choose_picture() {
  std::uint16_t sub_files = 0;
  toff_t* offsets = nullptr;
  const bool picture_first = holds_picture();
  if (!picture_first && TIFFGetField(tiff_, TIFFTAG_SUBIFD, &sub_files, &offsets) == 1 && sub_files > 0)
    refuse(image_,
           "TIFF whose first page is a preview of a picture in a sub-file (a raw file?); export it as one page");
  if (TIFFLastDirectory(tiff_) != 0) return;
  complaint_[0] = '\0';
  int pages = 0, pictures = 0, chosen = 0;
  do {
    if (holds_picture() && pictures++ == 0) chosen = pages;
    ++pages;
  } while (pages < kMostPages && TIFFReadDirectory(tiff_) == 1);
  if (complaint_[0] != '\0') refuse_corrupt();
  if (pictures > 1)
    refuse(image_, fmt::format("TIFF of {} pages, of which only the first would be seen; store each page as a file of "
                               "its own",
                               pictures));
  if (pictures == 0) refuse(image_, fmt::format("TIFF of {} pages, all of them previews or masks", pages));
  if (TIFFSetDirectory(tiff_, static_cast<tdir_t>(chosen)) != 1) refuse_corrupt();
}

void TiffReader::check_supported(const TiffLayout& layout, std::uint16_t format) const {
  const auto reject = [&](const std::string& what) {
    refuse(image_, fmt::format("TIFF with {} is not supported; convert it to 8 or 16 bit grey or RGB", what));
  };
  if (!layout.grey() && !layout.palette() && layout.photometric != PHOTOMETRIC_RGB) {
    reject(layout.photometric == PHOTOMETRIC_SEPARATED ? std::string("CMYK colours")
                                                       : fmt::format("photometric type {}", layout.photometric));
  }
  const bool whole = format == SAMPLEFORMAT_UINT && layout.bits >= 8 && layout.bits <= 16;
  const bool packed = format == SAMPLEFORMAT_UINT && layout.bits <= 4 && std::has_single_bit(layout.bits) &&
                      layout.colour_samples() == 1 && layout.samples == 1;
  if (!(whole || packed || layout.real) || (layout.palette() && layout.bits > 8)) {
    reject(fmt::format("{} bits of sample format {}", layout.bits, format));
  }
  if (layout.samples < layout.colour_samples() || layout.samples > layout.colour_samples() + 1) {
    reject(fmt::format("{} samples per pixel", layout.samples));
  }
}

void TiffReader::read_extra_sample(TiffLayout& layout) {
  std::uint16_t count = 0;
  std::uint16_t* kinds = nullptr;
  if (layout.samples <= layout.colour_samples()) return;
  if (TIFFGetField(tiff_, TIFFTAG_EXTRASAMPLES, &count, &kinds) != 1 || count == 0) return;
  const std::uint16_t kind = kinds[count - 1];
  layout.alpha = kind == EXTRASAMPLE_ASSOCALPHA || kind == EXTRASAMPLE_UNASSALPHA;
  layout.keep_alpha = image_.as_mask && layout.alpha;
}

TiffLayout TiffReader::layout() {
  TiffLayout layout;
  layout.width = field<std::uint32_t>(TIFFTAG_IMAGEWIDTH, 0);
  layout.height = field<std::uint32_t>(TIFFTAG_IMAGELENGTH, 0);
  layout.bits = field<std::uint16_t>(TIFFTAG_BITSPERSAMPLE, 1);
  layout.samples = field<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL, 1);
  layout.photometric = field<std::uint16_t>(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  layout.planes = field<std::uint16_t>(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE;
  layout.orientation = stated_field<std::uint16_t>(TIFFTAG_ORIENTATION, 0);
  if (layout.orientation < 1 || layout.orientation > 8) layout.orientation = 0;
  layout.largest_sample = stated_field<std::uint16_t>(TIFFTAG_MAXSAMPLEVALUE, 0);
  const auto format = field<std::uint16_t>(TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  layout.real = format == SAMPLEFORMAT_IEEEFP && layout.bits == 32 && !layout.palette();
  if (layout.photometric == PHOTOMETRIC_YCBCR && field<std::uint16_t>(TIFFTAG_COMPRESSION, 0) == COMPRESSION_JPEG &&
      !layout.planes) {
    TIFFSetField(tiff_, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);  // libjpeg converts while decoding
    layout.photometric = PHOTOMETRIC_RGB;
  }
  check_supported(layout, format);
  read_extra_sample(layout);
  layout.tiled = TIFFIsTiled(tiff_) != 0;
  layout.block_width = layout.tiled ? field<std::uint32_t>(TIFFTAG_TILEWIDTH, 0) : layout.width;
  layout.block_height = layout.tiled
                            ? field<std::uint32_t>(TIFFTAG_TILELENGTH, 0)
                            : std::min<std::int64_t>(field<std::uint32_t>(TIFFTAG_ROWSPERSTRIP, ~0u), layout.height);
  return layout;
}

std::int64_t TiffReader::block_row_bytes(const TiffLayout& layout) const {
  return static_cast<std::int64_t>(layout.tiled ? TIFFTileRowSize64(tiff_) : TIFFScanlineSize64(tiff_));
}

void TiffReader::read_block(const TiffLayout& layout, std::int64_t x, std::int64_t y, int plane,
                            std::vector<std::uint8_t>& block, std::int64_t needed_bytes) {
  const auto column = static_cast<std::uint32_t>(x), row = static_cast<std::uint32_t>(y);
  const auto sample = static_cast<std::uint16_t>(plane);
  const auto capacity = static_cast<tmsize_t>(block.size());
  const tmsize_t got =
      layout.tiled ? TIFFReadEncodedTile(tiff_, TIFFComputeTile(tiff_, column, row, 0, sample), block.data(), capacity)
                   : TIFFReadEncodedStrip(tiff_, TIFFComputeStrip(tiff_, row, sample), block.data(), capacity);
  if (got < needed_bytes) refuse_corrupt();
}

std::vector<std::uint8_t> TiffReader::palette(const TiffLayout& layout) {
  std::uint16_t* colours[3] = {};
  if (TIFFGetField(tiff_, TIFFTAG_COLORMAP, &colours[0], &colours[1], &colours[2]) != 1)
    refuse(image_, "TIFF without its palette");
  const std::size_t count = std::size_t{1} << layout.bits;
  // Colours have 16 bits by the specification; maps of 8-bit values are common, and no picture is as dark as that.
  const bool of_bytes = std::all_of(colours, colours + 3, [&](const std::uint16_t* map) {
    return std::all_of(map, map + count, [](std::uint16_t value) { return value < 256; });
  });
  std::vector<std::uint8_t> palette(3 * count);
  for (std::size_t i = 0; i < palette.size(); ++i)
    palette[i] = static_cast<std::uint8_t>(colours[i % 3][i / 3] >> (of_bytes ? 0 : 8));
  return palette;
}

}  // namespace vigie::codec

#pragma once

#include <tiffio.h>

#include <cstdarg>
#include <vector>

#include "vigie/io/image_codec.h"

// libtiff over bytes in memory, for tiff.cpp alone.
namespace vigie::codec {

/// The picture as its tags describe it. Samples are stored in blocks: strips (as wide as the image) or tiles.
struct TiffLayout {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t block_width = 0;
  std::int64_t block_height = 0;
  std::uint16_t bits = 1;
  std::uint16_t samples = 1;  ///< per pixel, alpha included
  std::uint16_t photometric = 0;
  int orientation = 0;  ///< 0: not said
  bool real = false;    ///< 32-bit floats
  bool tiled = false;
  bool planes = false;      ///< one plane after another instead of interleaved
  bool alpha = false;       ///< the last sample is called alpha
  bool keep_alpha = false;  ///< and wanted
  int largest_sample = 0;   ///< MaxSampleValue; 0: not said

  bool palette() const { return photometric == PHOTOMETRIC_PALETTE; }
  bool grey() const { return photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE; }
  int colour_samples() const { return grey() || palette() ? 1 : 3; }
  int kept_samples() const { return colour_samples() + (keep_alpha ? 1 : 0); }
  int channels() const { return grey() ? 1 : 3; }
  bool unnamed_channel() const { return samples > colour_samples() && !alpha; }
};

/// Nothing is printed; the first complaint is kept for the message.
class TiffReader {
 public:
  /// Opens the one picture of the file. Refuses a file of several (previews and transparency masks, as NewSubfileType
  /// names them, do not count).
  explicit TiffReader(const EncodedImage& image);
  ~TiffReader();
  TiffReader(const TiffReader&) = delete;
  TiffReader& operator=(const TiffReader&) = delete;

  TiffLayout layout();

  /// Bytes of one row of a block.
  std::int64_t block_row_bytes(const TiffLayout& layout) const;

  /// Reads the block that holds pixel (x, y) of a plane: the rows of it, or all rows of a tile.
  void read_block(const TiffLayout& layout, std::int64_t x, std::int64_t y, int plane, std::vector<std::uint8_t>& block,
                  std::int64_t needed_bytes);

  /// Red, green and blue of every index, 8 bits each.
  std::vector<std::uint8_t> palette(const TiffLayout& layout);

  [[noreturn]] void refuse_corrupt() const;

 private:
  template <typename T>
  T field(std::uint32_t tag, T fallback) {
    T value = fallback;
    return TIFFGetFieldDefaulted(tiff_, tag, &value) == 1 ? value : fallback;
  }
  template <typename T>
  T stated_field(std::uint32_t tag, T fallback) {
    T value = fallback;
    return TIFFGetField(tiff_, tag, &value) == 1 ? value : fallback;
  }
  void choose_picture();
  bool holds_picture();
  void read_extra_sample(TiffLayout& layout);
  void check_supported(const TiffLayout& layout, std::uint16_t format) const;

  static TiffReader& self(thandle_t handle) { return *static_cast<TiffReader*>(handle); }
  static int keep_complaint(TIFF*, void* handle, const char*, const char* format, va_list values);
  static tmsize_t read(thandle_t handle, void* target, tmsize_t bytes);
  static toff_t seek(thandle_t handle, toff_t offset, int origin);

  const EncodedImage& image_;
  TIFF* tiff_ = nullptr;
  std::uint64_t position_ = 0;
  char complaint_[160] = "";
};

}  // namespace vigie::codec

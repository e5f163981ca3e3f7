#include <cstring>

#include "vigie/io/image_codec.h"

namespace vigie::codec {

namespace {

/// Numbers of a TIFF structure in its own byte order; 0 outside the block.
class TiffBlock {
 public:
  explicit TiffBlock(std::string_view bytes) : bytes_(bytes), big_endian_(bytes.substr(0, 2) == "MM") {}

  std::uint32_t number(std::uint64_t offset, int length) const {
    if (offset + static_cast<std::uint64_t>(length) > bytes_.size()) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < length; ++i) {
      const int place = big_endian_ ? length - 1 - i : i;
      value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes_[offset + static_cast<std::uint64_t>(i)]))
               << (8 * place);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

/// Orientation as three steps: swap the axes, then read rows and columns from the far end.
struct Turn {
  bool swap_axes = false;
  bool flip_rows = false;
  bool flip_columns = false;
};

Turn turn_for(int orientation) {
  constexpr Turn kTurns[] = {{false, false, false}, {false, false, true}, {false, true, true}, {false, true, false},
                             {true, false, false},  {true, true, false},  {true, true, true},  {true, false, true}};
  return kTurns[orientation - 1];
}

}  // namespace

int exif_orientation(std::string_view block) {
  constexpr std::uint32_t kOrientationTag = 0x0112, kShort = 3;
  const std::string_view order = block.substr(0, 2);
  if (order != "II" && order != "MM") return 0;
  const TiffBlock tiff(block);
  const std::uint64_t directory = tiff.number(4, 4);
  const std::uint32_t entries = tiff.number(directory, 2);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + 12 * i;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const std::uint32_t value = tiff.number(entry + 8, 2);
    return tiff.number(entry + 2, 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 0;
  }
  return 0;
}

Tensor upright(const Tensor& pixels, int orientation) {
  VIGIE_CHECK(pixels.rank() == 3 && orientation >= 0 && orientation <= 8, "upright", "orientation {} of shape {}",
              orientation, to_string(pixels.shape()));
  if (orientation <= 1) return pixels;
  const Turn turn = turn_for(orientation);
  const std::int64_t height = pixels.dim(0), width = pixels.dim(1), channels = pixels.dim(2);
  const std::size_t pixel_bytes = static_cast<std::size_t>(channels) * byte_size(pixels.dtype());
  Tensor out({turn.swap_axes ? width : height, turn.swap_axes ? height : width, channels}, pixels.dtype());
  const auto* source = static_cast<const char*>(pixels.raw());
  auto* target = static_cast<char*>(out.raw());
  for (std::int64_t y = 0; y < out.dim(0); ++y) {
    for (std::int64_t x = 0; x < out.dim(1); ++x, target += pixel_bytes) {
      std::int64_t row = turn.swap_axes ? x : y, column = turn.swap_axes ? y : x;
      if (turn.flip_rows) row = height - 1 - row;
      if (turn.flip_columns) column = width - 1 - column;
      std::memcpy(target, source + static_cast<std::size_t>(row * width + column) * pixel_bytes, pixel_bytes);
    }
  }
  return out;
}

}  // namespace vigie::codec

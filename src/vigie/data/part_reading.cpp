#include "vigie/data/part_reading.h"

#include <fmt/format.h>

#include "vigie/io/depth.h"

namespace vigie {

namespace {

/// A part much darker than its training set could be: of a camera with fewer bits. Two bits are a shadow where the set
/// had 16 bits of its own; beside a set of 8 bits, whose parts fill their range, they are not.
std::string doubt(const StoredImage& stored, const Preprocess& preprocess) {
  const DepthUse use = depth_use_of(stored.pixels);
  const int used = bits_from_values(use), expected = preprocess.bits == 0 ? 16 : preprocess.bits;
  const int shadow = preprocess.bits == 0 ? 2 : 4;
  if (use.largest == 0 || used > expected - shadow) return "";
  return fmt::format(
      "uses {} of 16 bits (largest value {}), the training set {}: taken as {} bits, where it is nearly black; if its "
      "camera has {}, say so with 'bits'",
      used, use.largest, preprocess.bits == 0 ? 8 : preprocess.bits, expected, used);
}

}  // namespace

ImageReadOptions reading_for(const Preprocess& preprocess, ImageReadOptions reading) {
  reading.bits_where_unsaid = preprocess.bits;
  return reading;
}

Part read_part(const std::filesystem::path& path, const Preprocess& preprocess, const ImageReadOptions& reading) {
  const StoredImage stored = read_stored_image(path, reading);
  Part part;
  part.image = at_full_range(stored, path.string(), reading_for(preprocess, reading));
  if (stored.stated_bits == 0 && reading.bits == 0) part.warning = doubt(stored, preprocess);
  return part;
}

}  // namespace vigie

#include "vigie/data/sample_mask.h"

#include "vigie/core/error.h"

namespace vigie {

MaskReading read_sample_mask(const Sample& sample, const ImageReadOptions& reading) {
  if (sample.mask.empty()) return {};
  MaskReading read = read_mask_of(sample.mask, sample.image, reading);
  Tensor& mask = read.mask;
  for (const auto& path : sample.more_masks) {
    const MaskReading another = read_mask_of(path, sample.image, reading);
    const Tensor& other = another.mask;
    read.soft |= another.soft;
    read.turn_assumed |= another.turn_assumed;
    if (other.shape() != mask.shape())
      fail(ErrorKind::BadFile, "read_mask", "{}: the mask is {}x{}, another of the same image {}x{}", path.string(),
           other.dim(1), other.dim(0), mask.dim(1), mask.dim(0));
    for (std::int64_t i = 0; i < mask.count(); ++i)
      if (other.data<std::uint8_t>()[i] != 0) mask.data<std::uint8_t>()[i] = 1;
  }
  return read;
}

}  // namespace vigie

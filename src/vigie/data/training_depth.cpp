#include "vigie/data/training_depth.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "vigie/core/error.h"
#include "vigie/core/log.h"
#include "vigie/data/file_facts.h"

namespace vigie {

void SetDepth::add(int stated_bits, const DepthUse& use) {
  stated_ = std::max(stated_, stated_bits);
  if (stated_bits != 0) return;
  any_unsaid_ = true;
  unsaid_.merge(use);
}

int SetDepth::bits() const {
  return any_unsaid_ ? std::max(stated_, bits_from_values(unsaid_)) : stated_;
}

namespace {

/// Adds the picture to the depth when it has 16 bits. True when one of its channels is left out.
bool look_at(const Sample& sample, const ImageReadOptions& reading, SetDepth& depth, std::mutex& mutex) {
  try {
    const ImageInfo info = read_image_info(sample.image);
    if (info.bits <= 8) return info.unnamed_channel;
    const StoredImage stored = read_stored_image(sample.image, reading);
    const DepthUse use = stored.stated_bits == 0 ? depth_use_of(stored.pixels) : DepthUse{};
    const std::lock_guard lock(mutex);
    depth.add(stored.stated_bits, use);
    return info.unnamed_channel;
  } catch (const Error&) {
    return false;  // whoever learns from it says why
  }
}

}  // namespace

void settle_depth(Preprocess& preprocess, std::span<const Sample> normals, const ImageReadOptions& reading,
                  const RunContext& context) {
  SetDepth depth;
  std::mutex mutex;
  std::atomic<std::int64_t> unnamed_channels = 0;
  parallel_with_progress(context, "depth", static_cast<std::int64_t>(normals.size()), [&](std::int64_t i) {
    unnamed_channels += look_at(normals[static_cast<std::size_t>(i)], reading, depth, mutex);
  });
  preprocess.bits = reading.bits != 0 ? reading.bits : depth.bits();
  if (reading.bits == 0 && depth.learnt() && depth.bits() < 16)
    log_info(
        "depth: 16-bit images use {} bits (largest value {}): white is {}, here and in every part to come; 'bits' = 16 "
        "says that they are dark instead",
        depth.bits(), depth.largest(), largest_of_bits(depth.bits()));
  if (unnamed_channels > 0)
    log_warning(
        "{} of {} images have one channel more than grey or RGB that no tag calls alpha (near infrared, height?): it "
        "is "
        "not looked at",
        unnamed_channels.load(), normals.size());
}

}  // namespace vigie

#include "vigie/learn/photo_crops.h"

#include <algorithm>

#include "vigie/core/memory.h"
#include "vigie/core/threads.h"
#include "vigie/imaging/augment.h"
#include "vigie/imaging/colour.h"
#include "vigie/io/image.h"
#include "vigie/learn/training_images.h"

namespace vigie::learn {

namespace {

constexpr std::int64_t kSampleCrops = 32;

}  // namespace

PhotoCrops::PhotoCrops(const std::vector<std::filesystem::path>& photos, const DistillOptions& options,
                       const RunContext& context)
    : options_(options), photos_(photos.size()) {
  std::int64_t bytes = 0;
  for (const auto& photo : photos) {
    const ImageInfo info = read_image_info(photo);
    bytes += 3 * info.width * info.height;
  }
  check_memory("distill", fmt::format("{} photographs", photos.size()), bytes, "use fewer or smaller ones");
  Progress progress(context, "photographs", count());
  constexpr std::int64_t kAtOnce = 64;
  for (std::int64_t first = 0; first < count(); first += kAtOnce) {
    const std::int64_t some = std::min(kAtOnce, count() - first);
    parallel_for(some, [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(first + i);
      photos_[at] = to_rgb8(read_image(photos[at]));
    });
    progress.advance(some);
  }
}

Tensor PhotoCrops::crop(const Tensor& photo, Random& random) const {
  Tensor part = random_resized_crop(photo, {.least_area = options_.least_area}, options_.crop, random);
  if (random.below(2) == 0) part = flip_horizontal(part);
  if (random.below(2) == 0) part = flip_vertical(part);
  if (random.uniform() < options_.grey) part = without_colour(part);
  return colour_jitter(part, {.brightness = 0.3, .contrast = 0.3, .saturation = 0.3}, random);
}

Tensor PhotoCrops::crops(const std::vector<std::int64_t>& photos, std::uint64_t seed) const {
  std::vector<Tensor> parts(photos.size());
  parallel_for(static_cast<std::int64_t>(photos.size()), [&](std::int64_t b) {
    const auto at = static_cast<std::size_t>(b);
    Random random(derive_seed(seed, fmt::format("crop {}", b)));
    parts[at] = crop(photos_[static_cast<std::size_t>(photos[at])], random);
  });
  return normalised_batch(parts, {});
}

Tensor PhotoCrops::sample(std::uint64_t seed, std::string_view purpose, std::int64_t batch) const {
  std::vector<std::int64_t> photos;
  for (std::int64_t i = 0; i < kSampleCrops; ++i) photos.push_back((batch * kSampleCrops + i) % count());
  return crops(photos, derive_seed(seed, fmt::format("{} {}", purpose, batch)));
}

}  // namespace vigie::learn

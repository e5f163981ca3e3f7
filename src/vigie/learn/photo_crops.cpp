#include "vigie/learn/photo_crops.h"

#include <algorithm>

#include "vigie/core/threads.h"
#include "vigie/imaging/augment.h"
#include "vigie/imaging/colour.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/io/image.h"

namespace vigie::learn {

namespace {

constexpr std::int64_t kSampleCrops = 32;

}  // namespace

PhotoCrops::PhotoCrops(const std::vector<std::filesystem::path>& photos, const DistillOptions& options,
                       const RunContext& context)
    : options_(options), photos_(photos.size()) {
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
  const std::int64_t side = options_.crop;
  const Preprocess scale;  // ImageNet's mean and deviation
  Tensor out({static_cast<std::int64_t>(photos.size()), side, side, 3});
  parallel_for(out.dim(0), [&](std::int64_t b) {
    Random random(derive_seed(seed, fmt::format("crop {}", b)));
    const Tensor part = crop(photos_[static_cast<std::size_t>(photos[static_cast<std::size_t>(b)])], random);
    const auto* in = part.data<std::uint8_t>();
    float* to = out.data<float>() + b * side * side * 3;
    for (std::int64_t i = 0; i < side * side * 3; ++i) {
      const auto c = static_cast<std::size_t>(i % 3);
      to[i] = (static_cast<float>(in[i]) / 255.0F - scale.mean[c]) / scale.std[c];
    }
  });
  return out;
}

Tensor PhotoCrops::sample(std::uint64_t seed, std::string_view purpose, std::int64_t batch) const {
  std::vector<std::int64_t> photos;
  for (std::int64_t i = 0; i < kSampleCrops; ++i) photos.push_back((batch * kSampleCrops + i) % count());
  return crops(photos, derive_seed(seed, fmt::format("{} {}", purpose, batch)));
}

}  // namespace vigie::learn

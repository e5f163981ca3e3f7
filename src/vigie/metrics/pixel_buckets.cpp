#include "vigie/metrics/pixel_buckets.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "vigie/core/threads.h"
#include "vigie/imaging/connected.h"
#include "vigie/metrics/map_check.h"

namespace vigie {

namespace {

constexpr std::int64_t kChunkPixels = std::int64_t{1} << 21;

/// Consecutive images of one group that one thread counts and distributes.
struct Chunk {
  std::size_t group = 0;
  std::vector<std::size_t> images;
  std::vector<std::int64_t> next;  ///< per bucket: first the number of normal pixels, then where the next one goes
};

/// Ordered by group. Depends on sizes only, never on the number of threads.
std::vector<Chunk> make_chunks(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups) {
  std::vector<std::size_t> order(images.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return groups[a] < groups[b]; });
  std::vector<Chunk> chunks;
  std::int64_t pixels = 0;
  for (const std::size_t i : order) {
    if (chunks.empty() || chunks.back().group != groups[i] || pixels >= kChunkPixels) {
      chunks.push_back({groups[i], {}, {}});
      pixels = 0;
    }
    chunks.back().images.push_back(i);
    pixels += images[i].map.count();
  }
  return chunks;
}

template <typename Visit>
void for_each_normal_key(const ScoredMap& image, Visit&& visit) {
  const auto scores = image.map.values<float>();
  if (image.mask.empty()) {
    for (const float score : scores) visit(pixel_key(score));
    return;
  }
  const auto mask = image.mask.values<std::uint8_t>();
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (mask[i] == 0) visit(pixel_key(scores[i]));
}

struct ImageDefects {
  std::vector<DefectPixel> pixels;  ///< in scan order; regions counted from 0 in this image
  std::vector<std::int64_t> areas;
};

ImageDefects defects_of(const ScoredMap& image) {
  const auto [top, bottom] = defect_rows(image.mask);
  ImageDefects defects;
  if (top == bottom) return defects;
  const Labels regions = label_regions(image.mask.rows(top, bottom));
  defects.areas.resize(static_cast<std::size_t>(regions.count));
  const auto labels = regions.labels.values<std::int32_t>();
  std::size_t pixels = 0;
  for (const std::int32_t label : labels) {
    if (label == 0) continue;
    ++defects.areas[static_cast<std::size_t>(label - 1)];
    ++pixels;
  }
  defects.pixels.reserve(pixels);
  const float* scores = image.map.data<float>() + top * image.map.dim(1);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != 0) defects.pixels.push_back({pixel_key(scores[i]), labels[i] - 1});
  return defects;
}

}  // namespace

PixelBuckets::PixelBuckets(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups,
                           std::size_t group_count)
    : first_(group_count, std::vector<std::int64_t>(kBuckets + 1)) {
  collect_defects(images, groups);
  collect_normals(images, groups);
}

void PixelBuckets::collect_defects(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups) {
  std::vector<ImageDefects> found(images.size());
  parallel_for(static_cast<std::int64_t>(images.size()), [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(i);
    found[index] = defects_of(images[index]);
  });
  std::size_t total = 0;
  for (const ImageDefects& image : found) total += image.pixels.size();
  defects_.reserve(total);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto offset = static_cast<std::int32_t>(regions_.size());
    for (const std::int64_t area : found[i].areas) regions_.push_back({groups[i], area});
    for (const DefectPixel& pixel : found[i].pixels) defects_.push_back({pixel.key, pixel.region + offset});
    found[i] = {};
  }
  sort_by_key(defects_, [](const DefectPixel& pixel) { return pixel.key; });
  first_defect_.assign(kBuckets + 1, 0);
  for (const DefectPixel& pixel : defects_) ++first_defect_[(pixel.key >> 16) + 1];
  std::partial_sum(first_defect_.begin(), first_defect_.end(), first_defect_.begin());
}

void PixelBuckets::collect_normals(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups) {
  std::vector<Chunk> chunks = make_chunks(images, groups);
  const auto for_each_chunk = [&](auto&& visit) {
    parallel_for(static_cast<std::int64_t>(chunks.size()), [&](std::int64_t c) {
      Chunk& chunk = chunks[static_cast<std::size_t>(c)];
      for (const std::size_t i : chunk.images)
        for_each_normal_key(images[i],
                            [&, next = chunk.next.data()](std::uint32_t key) { visit(next[key >> 16], key); });
    });
  };
  for (Chunk& chunk : chunks) chunk.next.assign(kBuckets, 0);
  for_each_chunk([](std::int64_t& count, std::uint32_t) { ++count; });

  std::int64_t place = 0;
  auto chunk = chunks.begin();
  for (std::size_t group = 0; group < first_.size(); ++group) {
    const auto end = std::find_if(chunk, chunks.end(), [&](const Chunk& other) { return other.group != group; });
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      first_[group][bucket] = place;
      for (auto part = chunk; part != end; ++part) place += std::exchange(part->next[bucket], place);
    }
    first_[group][kBuckets] = place;
    chunk = end;
  }
  tails_ = std::make_unique_for_overwrite<std::uint16_t[]>(static_cast<std::size_t>(place));
  for_each_chunk([tails = tails_.get()](std::int64_t& next, std::uint32_t key) {
    tails[next++] = static_cast<std::uint16_t>(key);
  });
}

}  // namespace vigie

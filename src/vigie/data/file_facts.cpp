#include "vigie/data/file_facts.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "vigie/core/error.h"
#include "vigie/core/tensor.h"
#include "vigie/core/threads.h"
#include "vigie/data/mask_cover.h"
#include "vigie/data/sample_mask.h"
#include "vigie/io/image.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

/// Hash of pixels, eight bytes a step (a byte-wise one would take as long as decoding). Not for security.
std::uint64_t hash_of_pixels(const Tensor& image) {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;  // 2^64 / golden ratio
  std::uint64_t hash = image.bytes();
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * multiplier;
    hash ^= hash >> 29;
  };
  for (const std::int64_t extent : image.shape()) mix(static_cast<std::uint64_t>(extent));
  const auto* bytes = static_cast<const std::byte*>(image.raw());
  for (std::size_t at = 0; at < image.bytes(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at, std::min<std::size_t>(8, image.bytes() - at));
    mix(word);
  }
  return hash;
}

/// Does every pixel equal its neighbour before it?
bool is_one_colour(const Tensor& image) {
  const std::size_t pixel = byte_size(image.dtype()) * static_cast<std::size_t>(image.dim(2));
  const auto* bytes = static_cast<const std::byte*>(image.raw());
  return image.bytes() <= pixel || std::memcmp(bytes, bytes + pixel, image.bytes() - pixel) == 0;
}

/// Runs `read`, turning its error into a fact. Cancellation and faults of our own pass.
template <typename Read>
void note_failure(FileFacts& facts, const Read& read) {
  try {
    read();
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::Cancelled || e.kind() == ErrorKind::Internal) throw;
    facts.error = e.what();
  }
}

FileFacts facts_of_image(const fs::path& path) {
  FileFacts facts;
  note_failure(facts, [&] {
    const StoredImage stored = read_stored_image(path);
    facts.stated_bits = stored.stated_bits;
    facts.unnamed_channel = stored.unnamed_channel;
    if (stored.stated_bits == 0) facts.depth = depth_use_of(stored.pixels);
    const Tensor image = at_full_range(stored, path.string(), {});
    facts.height = image.dim(0);
    facts.width = image.dim(1);
    facts.channels = image.dim(2);
    facts.bits = image.dtype() == DType::U16 ? 16 : 8;
    facts.digest = hash_of_pixels(image);
    facts.one_colour = is_one_colour(image);
  });
  return facts;
}

FileFacts facts_of_mask(const Sample& sample) {
  FileFacts facts;
  note_failure(facts, [&] {
    facts.reading = read_sample_mask(sample);
    const Tensor mask = std::exchange(facts.reading.mask, {});
    facts.height = mask.dim(0);
    facts.width = mask.dim(1);
    for (const std::uint8_t pixel : mask.values<std::uint8_t>()) facts.set_pixels += pixel != 0;
    facts.border_share = border_share(mask);
  });
  return facts;
}

}  // namespace

void parallel_with_progress(const RunContext& context, const std::string& task, std::int64_t count,
                            const std::function<void(std::int64_t)>& body) {
  Progress progress(context, task, count);
  const std::int64_t batch = std::int64_t{8} * thread_budget();
  for (std::int64_t begin = 0; begin < count; begin += batch) {
    const std::int64_t length = std::min(batch, count - begin);
    parallel_for(length, [&](std::int64_t i) { body(begin + i); });
    progress.advance(length);
  }
}

std::vector<SampleFacts> read_facts(const Dataset& dataset, const RunContext& context) {
  std::vector<SampleFacts> facts;
  for (const Sample& sample : dataset.samples) facts.push_back({&sample, {}, {}});
  parallel_with_progress(context, "reading images", static_cast<std::int64_t>(facts.size()), [&](std::int64_t i) {
    SampleFacts& one = facts[static_cast<std::size_t>(i)];
    one.image = facts_of_image(one.sample->image);
    if (one.has_mask()) one.mask = facts_of_mask(*one.sample);
  });
  return facts;
}

}  // namespace vigie

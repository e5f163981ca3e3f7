#include "vigie/pipeline/training_facts.h"

#include <algorithm>

#include "vigie/core/log.h"
#include "vigie/data/file_facts.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/data/training_depth.h"
#include "vigie/io/depth.h"
#include "vigie/io/file.h"
#include "vigie/pipeline/content_hash.h"

namespace vigie {

namespace {

/// One normal, from its only reading.
struct NormalFacts {
  std::string content_hash;
  std::uint64_t sample_hash = 0;
  bool deep = false;  ///< 16 bits
  int stated_bits = 0;
  DepthUse depth;  ///< of a deep one that states nothing
  bool unnamed_channel = false;
  bool seen = false;  ///< thumbnail and look are known
  Thumbnail thumbnail{};
  PartLook look;

  void see(const Tensor& image) {
    thumbnail = thumbnail_of(image);
    look = look_of(image);
    seen = true;
  }
};

NormalFacts facts_of(const Dataset& dataset, const Sample& sample, const ImageReadOptions& reading) {
  const std::string bytes = read_file(sample.image), name = sample.image.string();
  const StoredImage stored = decode_stored_image(bytes, name, reading);
  NormalFacts facts;
  facts.content_hash = content_hash(bytes);
  facts.sample_hash = sample_hash(dataset, sample, bytes);
  facts.deep = stored.pixels.dtype() == DType::U16;
  facts.stated_bits = stored.stated_bits;
  facts.unnamed_channel = stored.unnamed_channel;
  const bool unsaid = facts.deep && stored.stated_bits == 0;
  if (unsaid) facts.depth = depth_use_of(stored.pixels);
  // Where white lies in a file that does not say is known only when all files were read.
  if (!unsaid || reading.bits != 0) facts.see(at_full_range(stored, name, reading));
  return facts;
}

std::vector<NormalFacts> read_all(const Dataset& dataset, const ImageReadOptions& reading, const RunContext& context) {
  const auto normals = dataset.normals();
  std::vector<NormalFacts> all(normals.size());
  parallel_with_progress(context, "looking at the images", std::ssize(normals), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    all[at] = facts_of(dataset, normals[at], reading);
  });
  return all;
}

void see_the_rest(std::vector<NormalFacts>& all, const Dataset& dataset, const ImageReadOptions& reading,
                  const RunContext& context) {
  std::vector<std::size_t> unseen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!all[i].seen) unseen.push_back(i);
  if (unseen.empty()) return;
  parallel_with_progress(context, "looking at 16-bit images", std::ssize(unseen), [&](std::int64_t i) {
    const std::size_t at = unseen[static_cast<std::size_t>(i)];
    all[at].see(read_image(dataset.normals()[at].image, reading));
  });
}

SetDepth depth_of(const std::vector<NormalFacts>& all) {
  SetDepth depth;
  for (const NormalFacts& one : all)
    if (one.deep) depth.add(one.stated_bits, one.depth);
  return depth;
}

void warn_of_unnamed_channels(const std::vector<NormalFacts>& all) {
  const auto count = std::ranges::count_if(all, &NormalFacts::unnamed_channel);
  if (count > 0)
    log_warning(
        "{} of {} images have one channel more than grey or RGB that no tag calls alpha (near infrared, height?): it "
        "is not looked at",
        count, all.size());
}

}  // namespace

TrainingFacts training_facts(const Dataset& dataset, const ImageReadOptions& reading, const RunContext& context) {
  std::vector<NormalFacts> all = read_all(dataset, reading, context);
  TrainingFacts facts;
  facts.bits = settled_bits(depth_of(all), reading);
  warn_of_unnamed_channels(all);
  ImageReadOptions settled = reading;
  settled.bits_where_unsaid = facts.bits;
  see_the_rest(all, dataset, settled, context);
  std::vector<Thumbnail> thumbnails;
  std::vector<PartLook> looks;
  for (NormalFacts& one : all) {
    thumbnails.push_back(one.thumbnail);
    looks.push_back(one.look);
    facts.content_hashes.push_back(std::move(one.content_hash));
    facts.sample_hashes.push_back(one.sample_hash);
  }
  facts.groups = groups_of_near_duplicates(thumbnails);
  facts.look = look_of_training(looks);
  return facts;
}

}  // namespace vigie

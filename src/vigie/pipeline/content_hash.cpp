#include "vigie/pipeline/content_hash.h"

#include <fmt/format.h>

#include <set>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/io/file.h"

namespace vigie {

std::string content_hash(std::string_view bytes) {
  return fmt::format("{:016x}", fnv1a(bytes));
}

std::vector<std::string> content_hashes(std::span<const Sample> samples) {
  std::vector<std::string> hashes(samples.size());
  parallel_for(static_cast<std::int64_t>(samples.size()), [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(i);
    hashes[index] = content_hash(read_file(samples[index].image));
  });
  return hashes;
}

std::vector<Sample> samples_seen_by(const Model& model, std::span<const Sample> samples) {
  const auto seen = model.provenance.at("image_hashes").get<std::set<std::string>>();
  const std::vector<std::string> found = content_hashes(samples);
  std::vector<Sample> out;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (seen.contains(found[i])) out.push_back(samples[i]);
  return out;
}

}  // namespace vigie

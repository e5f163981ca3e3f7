#include "vigie/learn/fingerprint.h"

#include "vigie/core/random.h"
#include "vigie/io/file.h"

namespace vigie::learn {

std::uint64_t fingerprint(const nn::Network& network) {
  return fnv1a(fmt::format("{:016x}", nn::fingerprint(network.weights)),
               fnv1a(nn::json_from_graph(network.graph).dump()));
}

std::uint64_t fingerprint(const std::vector<std::filesystem::path>& files) {
  std::uint64_t hash = fnv1a("");
  for (const auto& file : files) hash = fnv1a(read_file(file), fnv1a(file.filename().string(), hash));
  return hash;
}

std::uint64_t rough_fingerprint(const std::vector<std::filesystem::path>& files) {
  std::uint64_t hash = fnv1a("");
  for (const auto& file : files) {
    std::error_code unreadable;  // whoever reads the file will say so
    hash = fnv1a(fmt::format("{} {}\n", file.filename().string(), std::filesystem::file_size(file, unreadable)), hash);
  }
  return hash;
}

}  // namespace vigie::learn

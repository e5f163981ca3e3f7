#include "vigie/core/memory.h"

#include <algorithm>
#include <atomic>
#include <fstream>

#include "vigie/core/error.h"

namespace vigie {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNotAssumed = -1;
std::atomic<std::int64_t> assumed = kNotAssumed;

using Bytes = std::optional<std::int64_t>;

Bytes smaller(Bytes a, Bytes b) {
  if (!a) return b;
  return b ? std::min(*a, *b) : *a;
}

/// The number after `key` in a file of "key number" lines; the first number of the file when the key is empty.
Bytes number_in(const fs::path& file, const std::string& key) {
  std::ifstream in(file);
  for (std::string word; key.empty() || in >> word;) {
    if (!key.empty() && word != key) continue;
    std::int64_t number = 0;
    if (in >> number) return number;
    return std::nullopt;  // "max": no limit
  }
  return std::nullopt;
}

/// What one control group leaves, by the names of its version's files.
Bytes left_in(const fs::path& group, const char* limit_file, const char* usage_file, const char* cache_key) {
  const Bytes limit = number_in(group / limit_file, ""), usage = number_in(group / usage_file, "");
  if (!limit || !usage) return std::nullopt;
  const std::int64_t cache = number_in(group / "memory.stat", cache_key).value_or(0);
  return std::max<std::int64_t>(*limit - *usage + cache, 0);
}

/// The group at `path` below `mount` and all groups above it.
template <typename Left>
Bytes least_upwards(const fs::path& mount, const std::string& path, const Left& left) {
  Bytes least;
  fs::path relative = fs::path(path).relative_path();
  for (;; relative = relative.parent_path()) {
    least = smaller(least, left(mount / relative));
    if (relative.empty()) return least;
  }
}

Bytes left_by_groups(const fs::path& root) {
  Bytes least;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (controllers.empty())
      least = smaller(least, least_upwards(root / "sys/fs/cgroup", path, [](const fs::path& group) {
                        return left_in(group, "memory.max", "memory.current", "inactive_file");
                      }));
    if (controllers == "memory")
      least = smaller(least, least_upwards(root / "sys/fs/cgroup/memory", path, [](const fs::path& group) {
                        return left_in(group, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
                      }));
  }
  return least;
}

}  // namespace

std::optional<std::int64_t> available_memory(const fs::path& root) {
  Bytes system = number_in(root / "proc/meminfo", "MemAvailable:");
  if (system) *system *= 1024;
  return smaller(system, left_by_groups(root));
}

void check_memory(const std::string& where, const std::string& what, std::int64_t bytes, const std::string& remedy) {
  const std::int64_t told = assumed;
  const Bytes available = told == kNotAssumed ? available_memory() : Bytes(told);
  if (!available || bytes <= *available) return;
  fail(ErrorKind::InvalidArgument, where, "{} would take {} of memory, but {} are available; {}", what,
       text_from_bytes(bytes), text_from_bytes(*available), remedy);
}

AssumedMemory::AssumedMemory(std::int64_t bytes) {
  assumed = bytes;
}
AssumedMemory::~AssumedMemory() {
  assumed = kNotAssumed;
}

std::string text_from_bytes(std::int64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (value >= 1e9) return fmt::format("{:.1f} GB", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} kB", value / 1e3);
}

}  // namespace vigie

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace vigie {

/// Bytes this process may still take: the least of MemAvailable (/proc/meminfo) and what the limits of its control
/// groups (v1 and v2, all levels) leave, file cache counted as free. Nothing when the system does not tell. `root` is
/// the root of the file system, another one in tests.
std::optional<std::int64_t> available_memory(const std::filesystem::path& root = "/");

/// Throws InvalidArgument, with both sizes and `remedy`, when `bytes` are more than is available.
/// check_memory("patchcore", "the patches of 200 images", bytes, "use fewer images");
void check_memory(const std::string& where, const std::string& what, std::int64_t bytes, const std::string& remedy);

/// While it lives, check_memory() believes that `bytes` are available. For tests; process-wide.
class AssumedMemory {
 public:
  explicit AssumedMemory(std::int64_t bytes);
  ~AssumedMemory();
  AssumedMemory(const AssumedMemory&) = delete;
  AssumedMemory& operator=(const AssumedMemory&) = delete;
};

/// "1.5 GB", "340.0 MB", "12.0 kB": decimal units.
std::string text_from_bytes(std::int64_t bytes);

}  // namespace vigie

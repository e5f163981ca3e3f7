#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace vigie {

/// Whole file as bytes. Throws NotFound / Io / BadFile (larger than max_bytes).
std::string read_file(const std::filesystem::path& path, std::uintmax_t max_bytes = std::uintmax_t{1} << 32);

/// The first `bytes` bytes of a file, fewer when it is shorter. Same errors as read_file.
std::string read_file_start(const std::filesystem::path& path, std::size_t bytes);

/// A file that appears whole or not at all: written to a temporary file in the same folder, synced, renamed by
/// commit(). Destroyed without commit(), it leaves nothing behind. Throws Io with path and the system's reason (no
/// space, permission, a name too long). Creates missing parent folders. A pipe or a character device (/dev/null,
/// /dev/stdout) is written to as it is, since nothing may take its place.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();
  /// Puts what is written so far in place, synced; the file stays open and grows. Once.
  void publish();
  /// For those who write themselves; open until commit().
  int descriptor() const { return descriptor_; }

 private:
  void open_temporary();

  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< empty: nothing to put in place
  int descriptor_ = -1;
};

/// Throws what AtomicFile would throw for this path now, so that a long task need not fail at its end. Creates missing
/// parents.
void check_writable(const std::filesystem::path& path);

/// AtomicFile in one call.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Removes temporary files of AtomicFile that a killed process left in `folder` (older than an hour).
void remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace vigie

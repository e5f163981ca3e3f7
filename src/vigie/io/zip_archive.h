#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace vigie {

/// The entries of a zip file in memory that stores them uncompressed, as torch does; zip64 included. Internal to io/.
class ZipArchive {
 public:
  /// Reads the directory. `bytes` must outlive the archive. Throws BadFile "path: reason".
  ZipArchive(std::string_view bytes, std::string path);

  bool contains(const std::string& name) const { return entries_.count(name) != 0; }
  /// The content of an entry, its checksum verified. Throws BadFile when missing, compressed or damaged.
  std::string_view read(const std::string& name) const;

  struct Entry {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t checksum = 0;
    std::uint64_t stored_size = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;  ///< of the local header
  };
  const std::map<std::string, Entry>& entries() const { return entries_; }

 private:
  std::string_view bytes_;
  std::string path_;
  std::map<std::string, Entry> entries_;
};

}  // namespace vigie

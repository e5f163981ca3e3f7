#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace vigie {

/// A file in memory without reading it first. Pages are private: writing to them changes this process' copy alone.
/// The file must not shrink while mapped; files written by AtomicFile are replaced, never shrunk. Internal to io/.
class MappedFile {
 public:
  /// Throws NotFound, Io, BadFile (empty, a folder).
  static std::shared_ptr<MappedFile> open(const std::filesystem::path& path, std::string_view where);
  /// A private copy of bytes that are in memory already; `name` stands for the path in messages.
  static std::shared_ptr<MappedFile> copy_of(std::string_view bytes, std::string name);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }

 private:
  MappedFile() = default;

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::string path_;
};

}  // namespace vigie

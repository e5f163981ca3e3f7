#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string_view>
#include <utility>

namespace vigie {

/// Owns a POSIX file descriptor. Internal to io/.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// Opens an existing file and tells its size and kind. Throws NotFound, Io (permission), BadFile (a folder).
Descriptor open_to_read(const std::filesystem::path& path, std::string_view where, struct stat& status);

/// Throws Io: "path: cannot <action>: <the system's reason>".
[[noreturn]] void fail_system(std::string_view where, const std::filesystem::path& path, std::string_view action,
                              int error_number);

}  // namespace vigie

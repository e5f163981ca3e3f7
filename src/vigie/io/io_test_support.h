#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "vigie/core/error.h"

namespace vigie::testing_io {

/// A fresh folder, removed with all its content at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder() {
    // In memory where the system has such a place: tests write thousands of small files.
    const std::filesystem::path memory = "/dev/shm";
    const auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (base / "vigie_io_test_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The Error that `action` throws; the message "(no error)" when it throws none.
struct Failure {
  ErrorKind kind = ErrorKind::Internal;
  std::string message;
};
template <typename Action>
Failure failure_of(Action&& action) {
  try {
    action();
  } catch (const Error& e) {
    return {e.kind(), e.what()};
  }
  return {ErrorKind::Internal, "(no error)"};
}

/// Bytes of a number, little- or big-endian.
template <typename T>
std::string le(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
template <typename T>
std::string be(T value) {
  const std::string bytes = le(value);
  return {bytes.rbegin(), bytes.rend()};
}

}  // namespace vigie::testing_io

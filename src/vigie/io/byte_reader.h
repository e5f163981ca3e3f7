#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "vigie/core/error.h"

namespace vigie {

/// Reads little-endian numbers and runs of bytes one after another. Whatever would lie outside the bytes throws
/// BadFile "[where] path: complaint". Internal to io/.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string_view where, std::string path, std::string complaint)
      : bytes_(bytes), where_(where), path_(std::move(path)), complaint_(std::move(complaint)) {}

  std::uint64_t position() const { return position_; }
  std::uint64_t size() const { return bytes_.size(); }

  void seek(std::uint64_t position) {
    if (position > bytes_.size()) refuse(complaint_);
    position_ = position;
  }

  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - position_) refuse(complaint_);
    const std::string_view taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }

  /// Up to the next newline, which is read too.
  std::string_view take_line() {
    const std::size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) refuse(complaint_);
    const std::string_view line = take(end - position_);
    take(1);
    return line;
  }

  template <typename T>
  T number() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  /// Throws BadFile "[where] path: reason".
  [[noreturn]] void refuse(std::string_view reason) const { fail(ErrorKind::BadFile, where_, "{}: {}", path_, reason); }

 private:
  std::string_view bytes_;
  std::string_view where_;
  std::string path_;
  std::string complaint_;
  std::uint64_t position_ = 0;
};

}  // namespace vigie

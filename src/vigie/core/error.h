#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace vigie {

/// What went wrong, in the terms of the one who must act. Each kind has one exit code (see exit_code()).
enum class ErrorKind {
  InvalidArgument,  ///< the caller asked for something impossible
  NotFound,         ///< a file, folder or named thing is missing
  BadFile,          ///< a file exists but its content cannot be used
  Unsupported,      ///< valid, but this build or processor cannot do it
  Cancelled,        ///< stopped on request (Ctrl-C)
  Io,               ///< the system refused: permission, full disk
  Internal,         ///< a fault of vigie itself
};

/// The one exception type of the project. what() reads "[where] what, with the values".
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string_view where, std::string_view what)
      : std::runtime_error(fmt::format("[{}] {}", where, what)), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// Throws Error with a formatted message: fail(ErrorKind::BadFile, "read_png", "{}: truncated", path).
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, std::string_view where, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(kind, where, fmt::format(text, std::forward<Args>(args)...));
}

/// Process exit code of a kind: 2 argument, 3 not found, 4 bad file, 5 unsupported, 6 io, 70 internal, 130 cancelled.
int exit_code(ErrorKind kind);

}  // namespace vigie

/// Checks a caller's promise; always on. VIGIE_CHECK(k > 0, "knn", "k must be positive, got {}", k);
#define VIGIE_CHECK(condition, where, ...)                                      \
  do {                                                                          \
    if (!(condition)) [[unlikely]]                                              \
      ::vigie::fail(::vigie::ErrorKind::InvalidArgument, (where), __VA_ARGS__); \
  } while (false)

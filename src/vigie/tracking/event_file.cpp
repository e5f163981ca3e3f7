#include "vigie/tracking/event_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include "vigie/core/error.h"
#include "vigie/tracking/crc32c.h"

namespace vigie {
namespace {

[[noreturn]] void fail_writing(const std::filesystem::path& path, int error_number) {
  fail(ErrorKind::Io, "tensorboard", "{}: cannot write: {}", path.string(),
       std::generic_category().message(error_number));
}

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  return name;
}

template <typename T>
void append_number(std::string& bytes, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& folder, double unix_seconds) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    fail(ErrorKind::Io, "tensorboard", "{}: cannot create the folder: {}", folder.string(), error.message());
  }
  const std::string name =
      fmt::format("events.out.tfevents.{:010}.{}.{}", static_cast<std::int64_t>(unix_seconds), host_name(), ::getpid());
  for (int attempt = 0; attempt < 100 && descriptor_ < 0; ++attempt) {
    path_ = folder / (attempt == 0 ? name : fmt::format("{}.{}", name, attempt));
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) fail_writing(path_, errno);
}

EventFile::~EventFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void EventFile::append(std::string_view record) {
  std::string bytes;
  bytes.reserve(record.size() + 16);
  append_number(bytes, std::uint64_t{record.size()});
  append_number(bytes, masked_crc32c(bytes));
  bytes.append(record);
  append_number(bytes, masked_crc32c(record));
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_writing(path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace vigie

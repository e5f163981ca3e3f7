#include "vigie/io/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <random>
#include <system_error>

#include "vigie/core/error.h"
#include "vigie/io/descriptor.h"

namespace vigie {

namespace {

constexpr std::string_view kMark = ".tmp-";
constexpr std::size_t kRandomDigits = 8;
constexpr auto kStaleAge = std::chrono::hours(1);

/// Up to `wanted` bytes, fewer only at the end of the file.
std::size_t read_fully(int descriptor, char* target, std::size_t wanted, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < wanted) {
    const ssize_t got = ::read(descriptor, target + done, wanted - done);
    if (got == 0) break;
    if (got > 0)
      done += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      fail_system("read_file", path, "read", errno);
  }
  return done;
}

std::string random_digits() {
  std::random_device source;
  return fmt::format("{:08x}", static_cast<std::uint32_t>(source()));
}

/// ".name.tmp-1a2b3c4d": hidden, recognisable, and short enough for any file system.
std::string temporary_name(const std::string& name) {
  return fmt::format(".{}{}{}", name.substr(0, 200), kMark, random_digits());
}

bool is_temporary_name(std::string_view name) {
  if (name.size() <= 1 + kMark.size() + kRandomDigits || name.front() != '.') return false;
  const std::string_view digits = name.substr(name.size() - kRandomDigits);
  return name.substr(name.size() - kRandomDigits - kMark.size(), kMark.size()) == kMark &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void create_parent(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  std::error_code error;
  if (!parent.empty() && !std::filesystem::is_directory(parent, error)) {
    std::filesystem::create_directories(parent, error);
    if (error) fail(ErrorKind::Io, "AtomicFile", "{}: cannot create the folder: {}", parent.string(), error.message());
  }
}

/// What is written to as it is.
bool is_stream(const std::filesystem::path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode));
}

/// A rename would refuse a folder and a name too long only after all the work, and replace a disk's device node.
void check_replaceable(const std::filesystem::path& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENAMETOOLONG) fail_system("AtomicFile", path, "write", errno);
    return;
  }
  if (S_ISDIR(status.st_mode)) fail_system("AtomicFile", path, "write", EISDIR);
  if (!S_ISREG(status.st_mode))
    fail(ErrorKind::Io, "AtomicFile", "{}: cannot write: not a regular file", path.string());
}

/// A rename lasts through a power cut only when its folder is synced too; file systems that cannot are left alone.
void sync_folder(const std::filesystem::path& folder) {
  const Descriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() >= 0) (void)::fsync(directory.number());
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

void fail_system(std::string_view where, const std::filesystem::path& path, std::string_view action, int error_number) {
  fail(ErrorKind::Io, where, "{}: cannot {}: {}", path.string(), action, std::generic_category().message(error_number));
}

Descriptor open_to_read(const std::filesystem::path& path, std::string_view where, struct stat& status) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe without a writer must not hang
  if (file.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) fail(ErrorKind::NotFound, where, "{}: no such file", path.string());
    fail_system(where, path, "open", errno);
  }
  if (::fstat(file.number(), &status) != 0) fail_system(where, path, "examine", errno);
  if (S_ISDIR(status.st_mode)) fail(ErrorKind::BadFile, where, "{}: a folder, not a file", path.string());
  if (!S_ISREG(status.st_mode)) fail(ErrorKind::BadFile, where, "{}: not a regular file", path.string());
  return file;
}

std::string read_file(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  struct stat status = {};
  const Descriptor file = open_to_read(path, "read_file", status);
  const auto refuse = [&](std::uintmax_t bytes) {
    fail(ErrorKind::BadFile, "read_file", "{}: {} bytes or more, at most {} are allowed", path.string(), bytes,
         max_bytes);
  };
  const auto stated = static_cast<std::uintmax_t>(std::max<off_t>(status.st_size, 0));
  if (stated > max_bytes) refuse(stated);

  // Files of /proc state no size, and a file may be growing: read on to the real end.
  std::string content(stated, '\0');
  content.resize(read_fully(file.number(), content.data(), content.size(), path));
  for (char piece[1 << 16];;) {
    const std::size_t got = read_fully(file.number(), piece, sizeof piece, path);
    if (got == 0) return content;
    if (content.size() + got > max_bytes) refuse(content.size() + got);
    content.append(piece, got);
  }
}

std::string read_file_start(const std::filesystem::path& path, std::size_t bytes) {
  struct stat status = {};
  const Descriptor file = open_to_read(path, "read_file", status);
  std::string content(bytes, '\0');
  content.resize(read_fully(file.number(), content.data(), bytes, path));
  return content;
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  VIGIE_CHECK(path_.has_filename(), "AtomicFile", "'{}' names no file", path_.string());
  if (is_stream(path_)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail_system("AtomicFile", path_, "write", errno);
    return;
  }
  std::error_code ignored;
  if (std::filesystem::is_symlink(path_, ignored)) path_ = std::filesystem::weakly_canonical(path_);  // keep the link
  if (std::filesystem::is_symlink(path_, ignored))  // to a file that does not exist yet
    path_ = path_.parent_path() / std::filesystem::read_symlink(path_);
  check_replaceable(path_);
  create_parent(path_);
  open_temporary();
}

void AtomicFile::open_temporary() {
  for (int attempt = 0; attempt < 16 && descriptor_ < 0; ++attempt) {
    temporary_ = path_.parent_path() / temporary_name(path_.filename().string());
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ >= 0) return;
  temporary_.clear();
  fail_system("AtomicFile", path_, "write", errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void check_writable(const std::filesystem::path& path) {
  if (!is_stream(path)) {
    const AtomicFile probe(path);
  } else if (::access(path.c_str(), W_OK) != 0) {  // opened and closed, a pipe would end for its reader
    fail_system("AtomicFile", path, "write", errno);
  }
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  VIGIE_CHECK(descriptor_ >= 0, "AtomicFile", "{}: written after commit", path_.string());
  for (const char* rest = static_cast<const char*>(data); bytes > 0;) {
    const ssize_t written = ::write(descriptor_, rest, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_system("AtomicFile", path_, "write", errno);
    rest += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::publish() {
  VIGIE_CHECK(descriptor_ >= 0, "AtomicFile", "{}: published after commit", path_.string());
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP)
    fail_system("AtomicFile", path_, "write", errno);
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_system("AtomicFile", path_, "replace", errno);
  temporary_.clear();
  sync_folder(path_.parent_path());
}

void AtomicFile::commit() {
  VIGIE_CHECK(descriptor_ >= 0, "AtomicFile", "{}: committed twice", path_.string());
  publish();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail_system("AtomicFile", path_, "write", errno);
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void remove_stale_temporaries(const std::filesystem::path& folder) {
  std::error_code error;
  const auto oldest_kept = std::filesystem::file_time_type::clock::now() - kStaleAge;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (!is_temporary_name(entry->path().filename().string()) || !entry->is_regular_file(ignored)) continue;
    const auto written = entry->last_write_time(ignored);
    if (!ignored && written < oldest_kept) std::filesystem::remove(entry->path(), ignored);
  }
}

}  // namespace vigie

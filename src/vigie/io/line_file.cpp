#include "vigie/io/line_file.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "vigie/core/error.h"
#include "vigie/core/log.h"

namespace vigie {

namespace {

constexpr auto kBetweenSyncs = std::chrono::seconds(1);
constexpr std::size_t kMostWaiting = std::size_t{1} << 28;  ///< bytes; about a million verdicts

bool is_regular(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

/// A descriptor that someone made non-blocking: wait until it takes bytes again.
void wait_until_writable(int descriptor) {
  pollfd waiting{descriptor, POLLOUT, 0};
  (void)::poll(&waiting, 1, 100);
}

}  // namespace

LineFile::LineFile(const std::filesystem::path& path)
    : file_(std::make_unique<AtomicFile>(path)), descriptor_(file_->descriptor()), name_(path.string()) {
  if (is_regular(descriptor_)) syncer_ = std::jthread([this](const std::stop_token& stop) { sync_now_and_then(stop); });
}

LineFile::LineFile(int descriptor, std::string name)
    : descriptor_(descriptor), name_(std::move(name)), in_place_(true) {
  if (is_regular(descriptor_)) syncer_ = std::jthread([this](const std::stop_token& stop) { sync_now_and_then(stop); });
}

LineFile::~LineFile() {
  if (written_ == 0 && waiting_.empty()) return;
  finish();
}

void LineFile::sync_now_and_then(const std::stop_token& stop) {
  std::unique_lock lock(pause_);
  while (!stop.stop_requested()) {
    woken_.wait_for(lock, stop, kBetweenSyncs, [] { return false; });
    if (unsynced_.exchange(false)) (void)::fdatasync(descriptor_);
  }
}

void LineFile::note(std::string fault) {
  if (fault_.empty() && !closed_) log_warning("{}: {}; what is left waits for the next try", name_, fault);
  fault_ = std::move(fault);
}

void LineFile::add(std::string_view line) {
  if (closed_ || waiting_.size() + line.size() >= kMostWaiting) {
    ++lost_;
    return;
  }
  waiting_.append(line).push_back('\n');
  ++waiting_lines_;
  if (write_waiting() && !in_place_) (void)publish();
}

bool LineFile::write_waiting() {
  while (!waiting_.empty()) {
    const ssize_t taken = ::write(descriptor_, waiting_.data(), waiting_.size());
    if (taken >= 0) {
      const auto count = static_cast<std::size_t>(taken);
      const std::string_view piece = std::string_view(waiting_).substr(0, count);
      const auto lines = std::count(piece.begin(), piece.end(), '\n');
      waiting_lines_ -= lines;
      written_lines_ += lines;
      if (const std::size_t end = piece.rfind('\n'); end != std::string_view::npos)
        whole_ = written_ + static_cast<std::int64_t>(end) + 1;
      written_ += taken;
      waiting_.erase(0, count);
      unsynced_ = true;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_until_writable(descriptor_);
    } else if (errno != EINTR) {
      const int reason = errno;
      closed_ = reason == EPIPE || reason == EBADF;
      note(fmt::format("cannot write: {}", std::generic_category().message(reason)));
      if (closed_) lost_ += std::exchange(waiting_lines_, 0), waiting_.clear();
      return false;
    }
  }
  return true;
}

bool LineFile::publish() try {
  file_->publish();
  in_place_ = true;
  return true;
} catch (const Error& error) {
  note(error.what());
  return false;
}

// A disk that is full in the middle of a line leaves its beginning.
void LineFile::take_back_torn_line() {
  if (file_ == nullptr || written_ == whole_ || !is_regular(descriptor_)) return;
  if (::ftruncate(descriptor_, whole_) == 0) written_ = whole_;
}

void LineFile::finish() {
  if (std::exchange(finished_, true)) return;
  if (!write_waiting()) take_back_torn_line();
  const bool worth_it = written_lines_ > 0 || missing() == 0;  // else what lay there is worth more than nothing
  if (!in_place_ && worth_it && !publish()) lost_ += std::max<std::int64_t>(written_lines_, 1);
  if (is_regular(descriptor_) && ::fsync(descriptor_) != 0)
    note(fmt::format("cannot sync: {}", std::generic_category().message(errno)));
}

}  // namespace vigie

#include "vigie/core/crowd.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

namespace vigie {

namespace {

// "ran delayed slices". A thread may have ended since its name was listed.
bool read_times(int tasks, const char* name, ThreadTimes& out) {
  const int file = openat(tasks, (std::string(name) + "/schedstat").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[96];
  const ssize_t length = read(file, text, sizeof(text) - 1);
  close(file);
  if (length <= 0) return false;
  text[length] = 0;
  out.thread = std::atoi(name);
  return std::sscanf(text, "%" SCNd64 " %" SCNd64, &out.ran, &out.delayed) == 2;
}

}  // namespace

std::optional<std::vector<ThreadTimes>> read_thread_times() {
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(opendir("/proc/self/task"), closedir);
  if (!tasks) return std::nullopt;
  std::vector<ThreadTimes> out;
  while (const dirent* entry = readdir(tasks.get())) {
    ThreadTimes times;
    if (entry->d_name[0] != '.' && read_times(dirfd(tasks.get()), entry->d_name, times)) out.push_back(times);
  }
  if (out.empty()) return std::nullopt;
  return out;
}

std::optional<std::int64_t> read_time_of_others() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/stat", "re"), std::fclose);
  std::int64_t user = 0, nice = 0, system = 0, irq = 0, soft = 0;  // idle and waiting for a disk are in between
  if (!file || std::fscanf(file.get(), "cpu %" SCNd64 " %" SCNd64 " %" SCNd64 " %*d %*d %" SCNd64 " %" SCNd64, &user,
                           &nice, &system, &irq, &soft) != 5)
    return std::nullopt;
  timespec own = {};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own) != 0) return std::nullopt;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t all = (user + nice + system + irq + soft) * (kSecond / sysconf(_SC_CLK_TCK));
  return all - (own.tv_sec * kSecond + own.tv_nsec);
}

namespace {

/// Nanoseconds that the threads wanted to run between two readings.
struct Wanted {
  std::int64_t ran = 0, delayed = 0;
};

Wanted wanted_since(const std::vector<ThreadTimes>& last, const std::vector<ThreadTimes>& threads) {
  Wanted out;
  for (const ThreadTimes& time : threads) {
    const auto before = std::ranges::find(last, time.thread, &ThreadTimes::thread);
    const bool known = before != last.end() && before->ran <= time.ran;  // else all of it counts
    out.ran += time.ran - (known ? before->ran : 0);
    out.delayed += time.delayed - (known ? before->delayed : 0);
  }
  return out;
}

bool exceeds(std::int64_t part, double share, std::int64_t whole) {
  return static_cast<double>(part) > share * static_cast<double>(whole);
}

}  // namespace

bool Crowd::after(CrowdReading reading) {
  if (!last_) {
    last_ = std::move(reading);
    return false;
  }
  const Wanted wanted = wanted_since(last_->threads, reading.threads);
  if (wanted.ran + wanted.delayed < kEnough) return crowded_at_.has_value();
  const bool sign = exceeds(wanted.delayed, kDelayedShare, wanted.ran + wanted.delayed) &&
                    exceeds(reading.others - last_->others, kOthersShare, reading.now - last_->now);
  if (sign && (last_was_sign_ || crowded_at_))
    crowded_at_ = reading.now;
  else if (crowded_at_ && reading.now - *crowded_at_ >= kCalm)
    crowded_at_.reset();
  last_was_sign_ = sign;
  last_ = std::move(reading);
  return crowded_at_.has_value();
}

}  // namespace vigie

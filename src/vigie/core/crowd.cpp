#include "vigie/core/crowd.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
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

bool Crowd::after(std::int64_t now, std::vector<ThreadTimes> times) {
  std::int64_t ran = 0, delayed = 0;
  for (const ThreadTimes& time : times) {
    const auto before = std::ranges::find(last_, time.thread, &ThreadTimes::thread);
    const bool known = before != last_.end() && before->ran <= time.ran;  // else all of it counts
    ran += time.ran - (known ? before->ran : 0);
    delayed += time.delayed - (known ? before->delayed : 0);
  }
  if (ran + delayed < kEnough) return crowded_at_.has_value();
  last_ = std::move(times);
  const bool crowded = static_cast<double>(delayed) > kCrowdedShare * static_cast<double>(ran + delayed);
  if (crowded)
    crowded_at_ = now;
  else if (crowded_at_ && now - *crowded_at_ >= kCalm)
    crowded_at_.reset();
  return crowded_at_.has_value();
}

}  // namespace vigie

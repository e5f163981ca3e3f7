#include "vigie/core/time_slice.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace vigie {

namespace {

/// The kernel's struct sched_attr in its first version; C libraries before glibc 2.41 do not declare it.
struct Scheduling {
  std::uint32_t size = sizeof(Scheduling);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  ///< of an ordinary thread: its slice, since Linux 6.12
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
static_assert(sizeof(Scheduling) == 48);

/// Of the calling thread. False where it cannot be read, or other rules than the ordinary ones hold.
bool read_ordinary(Scheduling& scheduling) {
  return syscall(SYS_sched_getattr, 0, &scheduling, sizeof(scheduling), 0) == 0 && scheduling.policy == SCHED_OTHER;
}

}  // namespace

std::int64_t time_slice() {
  Scheduling scheduling;
  return read_ordinary(scheduling) ? static_cast<std::int64_t>(scheduling.runtime) : 0;
}

void ask_for_short_slices() {
  Scheduling scheduling;
  if (!read_ordinary(scheduling) || scheduling.runtime <= static_cast<std::uint64_t>(kShortSlice)) return;
  scheduling.size = sizeof(scheduling);
  scheduling.runtime = kShortSlice;
  (void)syscall(SYS_sched_setattr, 0, &scheduling, 0);  // a sandbox may refuse; turns are then longer, nothing else
}

}  // namespace vigie

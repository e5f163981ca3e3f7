#include "vigie/cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>

namespace vigie::cli {

namespace {

std::atomic<int> signals_seen{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

// Libraries may have started threads before main(), so a signal can arrive in any thread: blocking it in ours is not
// enough.
void count_signal(int) {
  if (signals_seen.fetch_add(1) > 0) _exit(130);
}

void watch(const std::stop_token& finished, std::stop_source source) {
  while (!finished.stop_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // short enough that leaving does not wait
    if (signals_seen == 0 || source.stop_requested()) continue;
    source.request_stop();
    if (isatty(STDERR_FILENO) != 0) fputs("\nstopping; Ctrl-C again ends at once\n", stderr);
  }
}

}  // namespace

InterruptWatcher::InterruptWatcher() {
  struct sigaction action = {};
  action.sa_handler = count_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  watcher_ = std::jthread([source = source_](const std::stop_token& finished) { watch(finished, source); });
}

InterruptWatcher::~InterruptWatcher() = default;

}  // namespace vigie::cli

#include "vigie/cli/interrupt.h"

#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace vigie::cli {

namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void watch(const std::stop_token& finished, std::stop_source source) {
  const sigset_t set = watched_signals();
  const timespec poll{0, 50'000'000};  // short enough that leaving does not wait
  while (!finished.stop_requested()) {
    if (sigtimedwait(&set, nullptr, &poll) < 0) continue;
    if (source.stop_requested()) _exit(130);
    source.request_stop();
    if (isatty(STDERR_FILENO) != 0) fputs("\nstopping; Ctrl-C again ends at once\n", stderr);
  }
}

}  // namespace

InterruptWatcher::InterruptWatcher() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::jthread([source = source_](const std::stop_token& finished) { watch(finished, source); });
}

InterruptWatcher::~InterruptWatcher() = default;

}  // namespace vigie::cli

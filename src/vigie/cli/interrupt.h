#pragma once

#include <stop_token>
#include <thread>

namespace vigie::cli {

/// Turns SIGINT and SIGTERM into a stop request, so that long tasks end cleanly; a second signal ends the process at
/// once. One per process.
class InterruptWatcher {
 public:
  InterruptWatcher();
  ~InterruptWatcher();
  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace vigie::cli

#pragma once

#include <cstdint>
#include <functional>

namespace vigie {

/// The one thread budget of the process: our parallel loops and oneDNN both take their threads from it.
/// 0 = all processors this process may use. Throws InvalidArgument when negative.
void set_thread_budget(int threads);
/// The calling thread's: its ThreadShare if it has one.
int thread_budget();

/// While it lives, the calling thread's budget is `threads` (>= 1) instead of the process's: for work that runs in
/// several such threads at once, each with its share of the processors.
class ThreadShare {
 public:
  explicit ThreadShare(int threads);
  ~ThreadShare();
  ThreadShare(const ThreadShare&) = delete;
  ThreadShare& operator=(const ThreadShare&) = delete;

 private:
  int before_;
};

/// Makes a library that asks OpenMP itself (oneDNN) keep to this thread's budget, and calls choose_waiting().
void adopt_thread_budget();

/// Calls body(i) for i in [0, count) on the thread budget. The first exception is rethrown in the caller:
/// none may leave an OpenMP region. Iterations are handed out in blocks of `grain`. Its threads log where the caller
/// does.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body, std::int64_t grain = 1);

}  // namespace vigie

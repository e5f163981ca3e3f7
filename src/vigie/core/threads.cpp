#include "vigie/core/threads.h"

#include <omp.h>

#include <atomic>
#include <exception>
#include <mutex>

#include "vigie/core/error.h"
#include "vigie/core/log.h"
#include "vigie/core/waiting.h"

namespace vigie {

namespace {
std::atomic<int> budget{0};  // OpenMP's own setting is one per thread, and would not reach threads made later
thread_local int share = 0;  // 0: none
}  // namespace

void set_thread_budget(int threads) {
  VIGIE_CHECK(threads >= 0, "set_thread_budget", "threads must be 0 (all) or positive, got {}", threads);
  budget = threads;
  adopt_thread_budget();
}

int thread_budget() {
  if (share > 0) return share;
  const int threads = budget;
  return threads == 0 ? omp_get_num_procs() : threads;
}

ThreadShare::ThreadShare(int threads) : before_(share) {
  VIGIE_CHECK(threads >= 1, "ThreadShare", "a share is at least one thread, got {}", threads);
  share = threads;
}

ThreadShare::~ThreadShare() {
  share = before_;
  adopt_thread_budget();
}

void adopt_thread_budget() {
  const int threads = thread_budget();
  if (threads > 1) choose_waiting();
  omp_set_num_threads(threads);
}

void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body, std::int64_t grain) {
  if (count <= grain || thread_budget() == 1) {  // even a region of one thread would be nested for loops within
    for (std::int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  choose_waiting();
  std::exception_ptr first;
  std::mutex guard;
  std::atomic<bool> failed{false};
  const auto log = current_log();
#pragma omp parallel num_threads(thread_budget())
  {
    const LogScope same_log(log);
#pragma omp for schedule(dynamic, grain) nowait
    for (std::int64_t i = 0; i < count; ++i) {
      if (failed.load(std::memory_order_relaxed)) continue;
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(guard);
        if (!first) first = std::current_exception();
        failed = true;
      }
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace vigie

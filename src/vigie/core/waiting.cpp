#include "vigie/core/waiting.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "vigie/core/crowd.h"
#include "vigie/core/threads.h"
#include "vigie/core/time_slice.h"

namespace vigie {

namespace {

using Clock = std::chrono::steady_clock;

std::int64_t nanoseconds_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

/// The waiting of this process.
class Waiting {
 public:
  Waiting() : user_chose_(std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) {
    if (user_chose_ || omp_get_num_procs() == 1) next_ = kNever;  // one processor: waits are short by themselves
  }

  void choose() {
    const std::int64_t now = nanoseconds_now();
    if (now < next_.load(std::memory_order_relaxed)) return;
    const std::unique_lock lock(guard_, std::try_to_lock);
    if (!lock || now < next_.load(std::memory_order_relaxed)) return;
    auto threads = read_thread_times();
    const auto others = read_time_of_others();
    if (!threads || !others) {
      next_ = kNever;
      return;
    }
    use(crowd_.after({now, std::move(*threads), *others}));
    const std::int64_t end = nanoseconds_now();
    next_ = end + std::max(kInterval, kRest * (end - now));
  }

 private:
  void use(bool crowded) {
    if (!crowded) {
      short_.reset();
    } else if (!short_) {
      try {
        short_.emplace();
      } catch (const std::system_error&) {  // no thread to be had: long waits are slow, not wrong
      }
    }
  }

  static constexpr std::int64_t kInterval = 100'000'000;  // the kernel counts the time of others in steps of a tenth
  static constexpr std::int64_t kRest = 200;  ///< looking takes at most a 200th of the time, however many threads
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  const bool user_chose_;
  std::atomic<std::int64_t> next_{0};
  std::mutex guard_;
  Crowd crowd_;
  std::optional<ShortWaits> short_;
};

}  // namespace

void choose_waiting() {
  thread_local const bool asked = (ask_for_short_slices(), true);  // before the thread makes a team, which inherits it
  (void)asked;
  static Waiting& waiting = *new Waiting;  // never destroyed: other threads may still work while main() returns
  waiting.choose();
}

/// A thread whose OpenMP team sleeps behind it.
class ShortWaits::Holder {
 public:
  explicit Holder(int threads) : thread_([this, threads] { hold(threads); }) {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [&] { return held_; });
  }

  ~Holder() {
    {
      const std::lock_guard lock(guard_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();  // its team is freed, and counted no more, as it ends
  }

 private:
  void hold(int threads) {
    std::atomic<int> present{0};
#pragma omp parallel num_threads(threads)
    present.fetch_add(1, std::memory_order_relaxed);  // a region that does nothing would be left out
    std::unique_lock lock(guard_);
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return done_; });
  }

  std::mutex guard_;
  std::condition_variable changed_;
  bool held_ = false, done_ = false;
  std::thread thread_;
};

// The caller's team counts as many as its budget; the holder's, itself left out, must bring that above the processors.
ShortWaits::ShortWaits() : holder_(std::make_unique<Holder>(std::max(2, omp_get_num_procs() - thread_budget() + 2))) {}

ShortWaits::~ShortWaits() = default;

}  // namespace vigie

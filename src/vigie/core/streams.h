#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "vigie/core/log.h"
#include "vigie/core/threads.h"

namespace vigie {

/// Several jobs on their way at once, results in the order of the jobs. Each stream is a thread with its share of the
/// thread budget and the caller's log that repeats: take the next job, work on it, wait for its turn, hand out the
/// result.
///   next(stop_token) -> std::optional<Job>, nullopt at the end and ever after; where it waits, it ends when asked to.
///   work(Job&&) -> Result, called from several threads at once.
///   emit(Result&&). next() and emit() are never called by two threads at a time.
/// One stream runs in the calling thread. After the first exception no job is begun; jobs before the one that failed
/// are finished and handed out, then it is rethrown.
template <typename Next, typename Work, typename Emit>
class Streams {
 public:
  Streams(const Next& next, const Work& work, const Emit& emit) : next_(next), work_(work), emit_(emit) {}

  void run(int streams) {
    if (streams <= 1) {
      while (auto job = next_(std::stop_token())) emit_(work_(std::move(*job)));
      return;
    }
    {
      const int budget = thread_budget();
      const auto log = current_log();
      std::vector<std::jthread> threads;
      for (int i = 0; i < streams; ++i) {
        const int share = budget / streams + (i < budget % streams ? 1 : 0);
        threads.emplace_back([this, share, log] {
          const LogScope same_log(log);
          run_one(std::max(1, share));
        });
      }
    }
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  void run_one(int share) {
    const ThreadShare mine(share);
    std::int64_t ticket = 0;
    try {
      for (;;) {
        auto job = take(ticket);
        if (!job) return;
        auto result = work_(std::move(*job));
        if (!wait_for_turn(ticket)) return;
        emit_(std::move(result));
        end_turn();
      }
    } catch (...) {
      give_up(ticket, std::current_exception());
    }
  }

  auto take(std::int64_t& ticket) {
    const std::lock_guard lock(input_);
    ticket = tickets_++;
    return stop_.stop_requested() ? std::nullopt : next_(stop_.get_token());
  }

  bool wait_for_turn(std::int64_t ticket) {
    std::unique_lock lock(output_);
    turn_changed_.wait(lock, [&] { return turn_ == ticket || ticket > failed_; });
    return ticket < failed_;
  }

  void end_turn() {
    const std::lock_guard lock(output_);
    ++turn_;
    turn_changed_.notify_all();
  }

  void give_up(std::int64_t ticket, std::exception_ptr fault) {
    stop_.request_stop();
    const std::lock_guard lock(output_);
    if (ticket < failed_) {
      failed_ = ticket;
      fault_ = std::move(fault);
    }
    turn_changed_.notify_all();
  }

  const Next& next_;
  const Work& work_;
  const Emit& emit_;
  std::mutex input_, output_;
  std::condition_variable turn_changed_;
  std::stop_source stop_;
  std::int64_t tickets_ = 0, turn_ = 0;
  std::int64_t failed_ = std::numeric_limits<std::int64_t>::max();  ///< the first job that failed
  std::exception_ptr fault_;
};

template <typename Next, typename Work, typename Emit>
void run_streams(int streams, const Next& next, const Work& work, const Emit& emit) {
  Streams<Next, Work, Emit>(next, work, emit).run(streams);
}

}  // namespace vigie

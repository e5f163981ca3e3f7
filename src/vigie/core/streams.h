#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "vigie/core/threads.h"

namespace vigie {

/// Several jobs on their way at once, results in the order of the jobs. Each stream is a thread with its share of the
/// thread budget that repeats: take the next job, work on it, wait for its turn, hand out the result.
///   next() -> std::optional<Job>, nullopt at the end; work(Job&&) -> Result, called from several threads at once;
///   emit(Result&&). next() and emit() are never called by two threads at a time.
/// One stream runs in the calling thread. The first exception of any of them ends all streams and is rethrown.
template <typename Next, typename Work, typename Emit>
class Streams {
 public:
  Streams(const Next& next, const Work& work, const Emit& emit) : next_(next), work_(work), emit_(emit) {}

  void run(int streams) {
    if (streams <= 1) {
      while (auto job = next_()) emit_(work_(std::move(*job)));
      return;
    }
    const int share = std::max(1, thread_budget() / streams);
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < streams; ++i) threads.emplace_back([this, share] { run_one(share); });
    }
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  void run_one(int share) {
    const ThreadShare mine(share);
    try {
      for (;;) {
        auto [job, ticket] = take();
        if (!job) return;
        auto result = work_(std::move(*job));
        if (!wait_for_turn(ticket)) return;
        emit_(std::move(result));
        end_turn();
      }
    } catch (...) {
      give_up(std::current_exception());
    }
  }

  auto take() {
    const std::lock_guard lock(input_);
    auto job = ended_ ? std::nullopt : next_();
    if (!job) ended_ = true;
    return std::pair(std::move(job), tickets_++);
  }

  bool wait_for_turn(std::int64_t ticket) {
    std::unique_lock lock(output_);
    turn_changed_.wait(lock, [&] { return turn_ == ticket || fault_; });
    return !fault_;
  }

  void end_turn() {
    const std::lock_guard lock(output_);
    ++turn_;
    turn_changed_.notify_all();
  }

  void give_up(std::exception_ptr fault) {
    {
      const std::lock_guard lock(output_);
      if (!fault_) fault_ = std::move(fault);
      turn_changed_.notify_all();
    }
    const std::lock_guard lock(input_);
    ended_ = true;
  }

  const Next& next_;
  const Work& work_;
  const Emit& emit_;
  std::mutex input_, output_;
  std::condition_variable turn_changed_;
  std::int64_t tickets_ = 0, turn_ = 0;
  bool ended_ = false;
  std::exception_ptr fault_;
};

template <typename Next, typename Work, typename Emit>
void run_streams(int streams, const Next& next, const Work& work, const Emit& emit) {
  Streams<Next, Work, Emit>(next, work, emit).run(streams);
}

}  // namespace vigie

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "vigie/core/log.h"
#include "vigie/core/threads.h"

namespace vigie {

/// What a long task tells its caller. `done` of `total` units of `task`; eta_seconds < 0 while unknown.
struct ProgressEvent {
  std::string_view task;
  std::int64_t done = 0;
  std::int64_t total = 0;
  double eta_seconds = -1;
};

/// Passed down to every long task: where to report and log, how many threads to take and when to stop. Cheap to copy.
/// Several may run at once in one process, each with its own.
class RunContext {
 public:
  RunContext() = default;
  RunContext(std::stop_token stop, std::function<void(const ProgressEvent&)> report)
      : stop_(std::move(stop)), report_(std::move(report)) {}

  /// The same with a log of its own instead of the calling thread's, and with so many threads (>= 1) instead of the
  /// calling thread's budget. They hold within a RunScope.
  RunContext with_log(std::shared_ptr<const JobLog> log) const;
  RunContext with_threads(int threads) const;

  /// Throws Error(Cancelled) once a stop was asked for.
  void check_cancelled(std::string_view where) const;
  void report(const ProgressEvent& event) const {
    if (report_) report_(event);
  }

 private:
  friend class RunScope;
  std::stop_token stop_;
  std::function<void(const ProgressEvent&)> report_;
  std::shared_ptr<const JobLog> log_;
  int threads_ = 0;  ///< 0: the calling thread's budget
};

/// While it lives, the calling thread logs and takes threads as a context says. The use cases of pipeline/ (fit_model,
/// evaluate_model, calibrate_model …) open one; who calls what lies below them opens one himself. What holds for the
/// threads that work for this one: LogScope for the log; the budget is divided among streams, and a loop of
/// parallel_for() within a loop takes no further threads.
class RunScope {
 public:
  explicit RunScope(const RunContext& context);

 private:
  LogScope log_;
  std::optional<ThreadShare> threads_;
};

/// Counts units of one task, reports at most ten times a second, estimates the time left from the mean rate,
/// and is the place where a long loop notices cancellation.
class Progress {
 public:
  Progress(const RunContext& context, std::string task, std::int64_t total);
  /// Adds units and reports; throws Error(Cancelled) once a stop was asked for. Call from one thread.
  void advance(std::int64_t units = 1);
  /// Says more in the next report: "fastflow: loss 0.12".
  void set_task(std::string task) { task_ = std::move(task); }

 private:
  const RunContext& context_;
  std::string task_;
  std::int64_t total_;
  std::int64_t done_ = 0;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_report_;
};

}  // namespace vigie

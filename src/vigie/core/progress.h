#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace vigie {

/// What a long task tells its caller. `done` of `total` units of `task`; eta_seconds < 0 while unknown.
struct ProgressEvent {
  std::string_view task;
  std::int64_t done = 0;
  std::int64_t total = 0;
  double eta_seconds = -1;
};

/// Passed down to every long task: where to report and when to stop. Cheap to copy.
class RunContext {
 public:
  RunContext() = default;
  RunContext(std::stop_token stop, std::function<void(const ProgressEvent&)> report)
      : stop_(std::move(stop)), report_(std::move(report)) {}

  /// Throws Error(Cancelled) once a stop was asked for.
  void check_cancelled(std::string_view where) const;
  void report(const ProgressEvent& event) const {
    if (report_) report_(event);
  }

 private:
  std::stop_token stop_;
  std::function<void(const ProgressEvent&)> report_;
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

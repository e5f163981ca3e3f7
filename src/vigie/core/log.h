#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace vigie {

enum class LogLevel { Debug, Info, Warning, Quiet };

/// Messages below `level` are dropped. Quiet drops all. Log lines go to standard error, results to standard output. The
/// level of the process; a JobLog has its own.
void set_log_level(LogLevel level);
/// The calling thread's: of its JobLog if it has one.
LogLevel log_level();

/// The log of one job in a process that runs several: its lines go to `write` instead of standard error.
class JobLog {
 public:
  /// `text` is one line without its end.
  using Write = std::function<void(LogLevel level, std::string_view text)>;
  explicit JobLog(Write write, LogLevel level = LogLevel::Info) : write_(std::move(write)), level_(level) {}

  LogLevel level() const { return level_; }
  /// Calls `write`, from one thread at a time. What it throws must not end the job: the line goes to standard error.
  void line(LogLevel level, std::string_view text) const;

 private:
  Write write_;
  LogLevel level_;
  mutable std::mutex guard_;
};

/// While it lives, the calling thread logs to `log`; a null one changes nothing. Scopes nest.
/// Threads that work for this one log there too: the threads of parallel_for(), run_streams() and InspectorPool. A
/// thread that other code starts logs to standard error until it opens a scope with current_log() of its maker.
class LogScope {
 public:
  explicit LogScope(std::shared_ptr<const JobLog> log);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;

 private:
  std::shared_ptr<const JobLog> before_;
};

/// The calling thread's; null: standard error.
std::shared_ptr<const JobLog> current_log();

/// One line to the calling thread's log, written whole even when several threads log.
void log_line(LogLevel level, std::string_view text);

template <typename... Args>
void log_debug(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() <= LogLevel::Debug) log_line(LogLevel::Debug, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_info(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() <= LogLevel::Info) log_line(LogLevel::Info, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() <= LogLevel::Warning) log_line(LogLevel::Warning, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace vigie

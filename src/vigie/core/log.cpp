#include "vigie/core/log.h"

#include <atomic>
#include <cstdio>
#include <string>

namespace vigie {

namespace {

std::atomic<LogLevel> current_level{LogLevel::Info};
thread_local std::shared_ptr<const JobLog> job_log;

void write_to_standard_error(LogLevel level, std::string_view text) {
  std::string line = level == LogLevel::Warning ? "warning: " : "";
  line.append(text).push_back('\n');
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: stdio locks the stream, lines stay whole
}

}  // namespace

void set_log_level(LogLevel level) {
  current_level = level;
}
LogLevel log_level() {
  return job_log ? job_log->level() : current_level.load();
}

void JobLog::line(LogLevel level, std::string_view text) const {
  const std::lock_guard lock(guard_);
  try {
    write_(level, text);
  } catch (const std::exception&) {
    write_to_standard_error(level, text);
  }
}

LogScope::LogScope(std::shared_ptr<const JobLog> log) : before_(job_log) {
  if (log) job_log = std::move(log);
}
LogScope::~LogScope() {
  job_log = std::move(before_);
}

std::shared_ptr<const JobLog> current_log() {
  return job_log;
}

void log_line(LogLevel level, std::string_view text) {
  if (job_log)
    job_log->line(level, text);
  else
    write_to_standard_error(level, text);
}

}  // namespace vigie

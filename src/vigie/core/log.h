#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace vigie {

enum class LogLevel { Debug, Info, Warning, Quiet };

/// Messages below `level` are dropped. Quiet drops all. Log lines go to standard error, results to standard output.
void set_log_level(LogLevel level);
LogLevel log_level();

/// One line, written whole even when several threads log.
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

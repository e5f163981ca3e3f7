#include "vigie/core/log.h"

#include <atomic>
#include <cstdio>
#include <string>

namespace vigie {

namespace {
std::atomic<LogLevel> current_level{LogLevel::Info};
}

void set_log_level(LogLevel level) {
  current_level = level;
}
LogLevel log_level() {
  return current_level;
}

void log_line(LogLevel level, std::string_view text) {
  std::string line = level == LogLevel::Warning ? "warning: " : "";
  line.append(text).push_back('\n');
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: stdio locks the stream, lines stay whole
}

}  // namespace vigie

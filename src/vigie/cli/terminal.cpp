#include "vigie/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "vigie/core/error.h"

namespace vigie::cli {

namespace {

bool line_open = false;

std::string duration_text(double seconds) {
  if (seconds < 0) return "";
  const auto whole = static_cast<long>(seconds + 0.5);
  return whole < 60 ? fmt::format(", {} s left", whole) : fmt::format(", {} min {:02} s left", whole / 60, whole % 60);
}

void print_on_terminal(const ProgressEvent& event) {
  line_open = event.done < event.total;
  fmt::print(stderr, "\r\033[K{}",
             line_open
                 ? fmt::format("{} {}/{}{}", event.task, event.done, event.total, duration_text(event.eta_seconds))
                 : "");
  std::fflush(stderr);
}

}  // namespace

std::function<void(const ProgressEvent&)> progress_printer() {
  if (isatty(STDERR_FILENO) != 0) return print_on_terminal;
  return [last = std::chrono::steady_clock::now()](const ProgressEvent& event) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < std::chrono::seconds(10)) return;
    last = now;
    fmt::print(stderr, "{} {}/{}{}\n", event.task, event.done, event.total, duration_text(event.eta_seconds));
  };
}

void end_progress_line() {
  if (!line_open) return;
  line_open = false;
  fmt::print(stderr, "\r\033[K");
}

void print_result(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) fail(ErrorKind::Io, "output", "standard output: {}", std::strerror(errno));
}

}  // namespace vigie::cli

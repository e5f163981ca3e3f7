#pragma once

#include <functional>
#include <string>

#include "vigie/core/progress.h"

namespace vigie::cli {

/// Progress on standard error: one line rewritten in place on a terminal, else a line per task every ten seconds.
std::function<void(const ProgressEvent&)> progress_printer();

/// Clears a progress line that is still being rewritten, so that an error starts at the margin.
void end_progress_line();

/// Writes to standard output; throws Io when it cannot (closed pipe, full disk), so that no result is lost in silence.
void print_result(const std::string& text);

}  // namespace vigie::cli

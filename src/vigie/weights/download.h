#pragma once

#include <filesystem>
#include <string>

#include "vigie/core/progress.h"

namespace vigie {

/// Downloads `url` (https only) to `target` with the `curl` program: into a temporary file beside the target, its
/// SHA-256 compared with `sha256` (a prefix will do), then renamed. Creates missing folders; nothing is left behind on
/// failure. Throws Io when curl is missing or fails (saying what to put where by hand), BadFile on a wrong digest,
/// Cancelled.
void download_verified(const std::string& url, const std::string& sha256, const std::filesystem::path& target,
                       const RunContext& context);

}  // namespace vigie

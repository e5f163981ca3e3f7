#pragma once

#include <filesystem>
#include <string>

#include "vigie/core/progress.h"

namespace vigie {

/// Downloads the official file into the cache, unless a good copy is there already, and returns its path.
/// Throws Io (no network; says which file to put where), BadFile (wrong SHA-256), Cancelled.
std::filesystem::path fetch_weights(const std::string& name, const RunContext& context);

}  // namespace vigie

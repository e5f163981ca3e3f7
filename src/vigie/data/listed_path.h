#pragma once

#include <filesystem>
#include <string>

namespace vigie {

/// The file that a list means by `text`, relative to `folder`: the first that exists of the text as it stands, with
/// backslashes as separators, and either read as Windows-1252. When none does, the first.
std::filesystem::path listed_path(const std::filesystem::path& folder, const std::string& text);

}  // namespace vigie

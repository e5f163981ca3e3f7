#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vigie {

/// Subfolders of `folder`, sorted by name; hidden ones (".name") are left out, links to folders are followed.
/// Throws Io when the folder cannot be listed.
std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder);

/// Image files (by extension) right in `folder`, sorted; hidden files are left out.
std::vector<std::filesystem::path> images_in(const std::filesystem::path& folder);

/// Image files in `folder` and all folders below, sorted. A folder reached twice, through a link, is read once.
std::vector<std::filesystem::path> images_below(const std::filesystem::path& folder);

/// Is `label` a word for "nothing wrong": good, normal, ok, 0 (any case)?
bool means_good(std::string_view label);

}  // namespace vigie

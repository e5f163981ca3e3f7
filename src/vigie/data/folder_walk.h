#pragma once

#include <filesystem>
#include <vector>

#include "vigie/data/left_out.h"

namespace vigie {

/// Everything below a folder, each kind sorted by path. A folder reached twice, through a link, is read once.
struct FolderTree {
  std::vector<std::filesystem::path>
      images;  ///< by extension, or by content where the extension is another image format's
  std::vector<std::filesystem::path> other_formats;  ///< images by their name, of formats that io does not decode
  std::vector<std::filesystem::path> unlisted;       ///< folders that cannot be listed
  std::vector<LeftOut> left_out;                     ///< hidden files, and files that are no images
};
FolderTree walk_folder(const std::filesystem::path& folder);

/// Images of the tree alone. Throws Io when a folder cannot be listed.
std::vector<std::filesystem::path> images_below(const std::filesystem::path& folder);

/// Subfolders of `folder`, sorted by name; hidden ones (".name") and those of systems (__MACOSX) are left out, links to
/// folders are followed. Throws Io when the folder cannot be listed.
std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder);

}  // namespace vigie

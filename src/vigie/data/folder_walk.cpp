#include "vigie/data/folder_walk.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>

#include "vigie/core/error.h"
#include "vigie/data/csv_table.h"
#include "vigie/io/image.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

/// What systems and shares keep beside the files of their users.
constexpr std::array<std::string_view, 11> kSystemNames{"__macosx",    "thumbs.db",    "ehthumbs.db",
                                                        "desktop.ini", "@eadir",       "@tmp",
                                                        "#recycle",    "$recycle.bin", "system volume information",
                                                        "lost+found",  "recycler"};

bool is_hidden(const fs::path& path) {
  const std::string name = lower_case(path.filename().string());
  return name.starts_with('.') || std::find(kSystemNames.begin(), kSystemNames.end(), name) != kSystemNames.end();
}

/// Entries of a folder, hidden ones too, sorted; the error when it cannot be listed.
std::error_code list(const fs::path& folder, std::vector<fs::path>& entries) {
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) entries.push_back(at->path());
  std::sort(entries.begin(), entries.end());
  return error;
}

class Walk {
 public:
  explicit Walk(FolderTree& tree) : tree_(tree) {}

  void enter(const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (!error && !visited_.insert(real).second) {
      tree_.left_out.push_back({LeftOut::Why::Again, folder});
      return;
    }
    std::vector<fs::path> entries;
    if (error || list(folder, entries)) tree_.unlisted.push_back(folder);
    std::vector<fs::path> folders;
    for (const fs::path& entry : entries) {
      std::error_code ignored;  // a dangling link is kept: reading it tells
      if (is_hidden(entry))
        tree_.left_out.push_back({LeftOut::Why::Hidden, entry});
      else if (fs::is_directory(entry, ignored))
        folders.push_back(entry);
      else
        take(entry);
    }
    for (const fs::path& sub : folders) enter(sub);
  }

 private:
  void take(const fs::path& file) {
    std::error_code ignored;
    if (fs::is_other(file, ignored))  // a pipe or a device: reading may never end
      tree_.left_out.push_back({LeftOut::Why::NoImage, file});
    else if (has_image_extension(file) || (has_other_image_extension(file) && is_readable_image(file)))
      tree_.images.push_back(file);
    else if (has_other_image_extension(file))
      tree_.other_formats.push_back(file);
    else
      tree_.left_out.push_back({LeftOut::Why::NoImage, file});
  }

  FolderTree& tree_;
  std::set<fs::path> visited_;
};

}  // namespace

FolderTree walk_folder(const fs::path& folder) {
  FolderTree tree;
  Walk(tree).enter(folder);
  for (auto* paths : {&tree.images, &tree.other_formats}) std::sort(paths->begin(), paths->end());
  return tree;
}

std::vector<fs::path> images_below(const fs::path& folder) {
  FolderTree tree = walk_folder(folder);
  if (!tree.unlisted.empty())
    fail(ErrorKind::Io, "list_folder", "{}: this folder cannot be listed", tree.unlisted.front().string());
  return std::move(tree.images);
}

std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (const std::error_code error = list(folder, entries))
    fail(ErrorKind::Io, "list_folder", "{}: {}", folder.string(), error.message());
  std::error_code ignored;  // a dangling link is no folder
  std::erase_if(entries, [&](const fs::path& entry) { return is_hidden(entry) || !fs::is_directory(entry, ignored); });
  return entries;
}

}  // namespace vigie

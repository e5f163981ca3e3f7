#include <algorithm>
#include <array>

#include "vigie/core/error.h"
#include "vigie/data/csv_table.h"
#include "vigie/data/folder_walk.h"
#include "vigie/data/layouts.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> kGoodFolders{"good", "normal", "ok", "train"};
constexpr std::array<std::string_view, 5> kBadFolders{"bad", "anomaly", "defect", "ng", "test"};

/// Subfolders of root with one of the names, any case.
template <std::size_t N>
std::vector<fs::path> folders_named(const fs::path& root, const std::array<std::string_view, N>& names) {
  std::vector<fs::path> folders = subfolders(root);
  std::erase_if(folders, [&](const fs::path& folder) {
    return std::find(names.begin(), names.end(), lower_case(folder.filename().string())) == names.end();
  });
  return folders;
}

/// "bad/scratch/1.png" is a scratch, "bad/1.png" an anomaly, "test/ok/1.png" good.
std::string defect_of(const fs::path& image, const fs::path& folder) {
  const fs::path inside = image.lexically_relative(folder);
  if (!inside.has_parent_path()) return "anomaly";
  const std::string type = inside.begin()->string();
  return means_good(type) ? "good" : type;
}

}  // namespace

bool is_image_folder(const fs::path& root) {
  return fs::is_directory(root) && (!folders_named(root, kGoodFolders).empty() || !images_in(root).empty());
}

Dataset read_image_folder(const fs::path& root) {
  if (!fs::is_directory(root)) fail(ErrorKind::BadFile, "read_dataset", "{}: not a folder", root.string());
  Dataset dataset;
  const auto good_folders = folders_named(root, kGoodFolders);
  for (const fs::path& folder : good_folders)
    for (const fs::path& image : images_below(folder)) dataset.train.push_back({image, {}, "good"});
  if (good_folders.empty())
    for (const fs::path& image : images_in(root)) dataset.train.push_back({image, {}, "good"});
  for (const fs::path& folder : folders_named(root, kBadFolders))
    for (const fs::path& image : images_below(folder)) dataset.test.push_back({image, {}, defect_of(image, folder)});
  return dataset;
}

}  // namespace vigie

#include <map>

#include "vigie/core/error.h"
#include "vigie/data/folder_walk.h"
#include "vigie/data/layouts.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

/// Masks of one defect type by the stem of their image: "007_mask.png" and "007.png" are both of image 007.
std::map<std::string, fs::path> masks_in(const fs::path& folder) {
  std::map<std::string, fs::path> masks;
  if (!fs::is_directory(folder)) return masks;
  constexpr std::string_view suffix = "_mask";
  for (const fs::path& file : images_in(folder)) {
    std::string stem = file.stem().string();
    const bool marked = stem.ends_with(suffix);
    if (marked) stem.resize(stem.size() - suffix.size());
    if (marked)
      masks[stem] = file;  // the marked name wins over the plain one
    else
      masks.emplace(stem, file);
  }
  return masks;
}

std::vector<Sample> samples_of_type(const fs::path& root, const fs::path& folder) {
  const std::string type = folder.filename().string();
  const auto masks = masks_in(root / "ground_truth" / type);
  std::vector<Sample> samples;
  for (const fs::path& image : images_in(folder)) {
    const auto mask = masks.find(image.stem().string());
    samples.push_back({image, mask == masks.end() ? fs::path() : mask->second, type});
  }
  return samples;
}

}  // namespace

bool is_mvtec(const fs::path& root) {
  return fs::is_directory(root / "train" / "good");
}

std::vector<fs::path> mvtec_categories(const fs::path& parent) {
  std::vector<fs::path> folders = subfolders(parent);
  std::erase_if(folders, [](const fs::path& folder) { return !is_mvtec(folder); });
  return folders;
}

Dataset read_mvtec(const fs::path& root) {
  if (!is_mvtec(root))
    fail(ErrorKind::BadFile, "read_dataset", "{}: not MVTec layout, there is no folder train/good", root.string());
  Dataset dataset;
  for (const fs::path& image : images_in(root / "train" / "good")) dataset.train.push_back({image, {}, "good"});
  if (fs::is_directory(root / "test"))
    for (const fs::path& folder : subfolders(root / "test")) {
      const auto samples = samples_of_type(root, folder);
      dataset.test.insert(dataset.test.end(), samples.begin(), samples.end());
    }
  return dataset;
}

}  // namespace vigie

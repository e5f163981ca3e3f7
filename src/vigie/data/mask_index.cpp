#include "vigie/data/mask_index.h"

#include <algorithm>

#include "vigie/data/companions.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

std::string joined(const std::vector<std::string>& folders, std::size_t begin, std::size_t end) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) out += folded(folders[i]) + "/";
  return out;
}

}  // namespace

std::vector<std::string> telling_folders(const fs::path& file, const fs::path& root) {
  std::vector<std::string> folders;
  const fs::path inside = file.lexically_relative(root).parent_path();
  for (const fs::path& part : inside)
    if (!part.empty() && part != "." && !is_container(part.string())) folders.push_back(part.string());
  return folders;
}

void MaskIndex::add(const fs::path& folder, const fs::path& file) {
  all_.insert(file);
  Folder& masks = folders_[folder];
  const std::vector<std::string> inside = telling_folders(file, folder);
  const std::string kind = joined(inside, 0, inside.size()), stem = file.stem().string();
  masks.plain[{kind, stem}].push_back(file);
  if (const auto name = companion_name(stem)) masks.marked[{kind, name->base}].push_back(file);
  if (!inside.empty()) masks.gathered[{joined(inside, 0, inside.size() - 1), inside.back()}].push_back(file);
}

MaskIndex::Files MaskIndex::find(const Folder& folder, const std::string& kind, const fs::path& image) {
  for (const auto* names : {&folder.marked, &folder.plain, &folder.gathered})
    for (const std::string& name : {image.stem().string(), image.filename().string()})
      if (const auto found = names->find({kind, name}); found != names->end()) return found->second;
  return {};
}

MaskIndex::Files MaskIndex::used(Files masks) {
  used_.insert(masks.begin(), masks.end());
  std::sort(masks.begin(), masks.end());
  return masks;
}

std::vector<fs::path> MaskIndex::masks_of(const fs::path& image, bool whole_path) {
  for (const auto& [path, masks] : folders_) {
    const fs::path inside = image.lexically_relative(path.parent_path());
    if (inside.empty() || *inside.begin() == "..") continue;
    const std::vector<std::string> folders = telling_folders(image, path.parent_path());
    const std::size_t most = whole_path ? 1 : folders.size();
    for (std::size_t left_out = 0; left_out < std::min(most, folders.size()); ++left_out)
      if (Files found = find(masks, joined(folders, left_out, folders.size()), image); !found.empty())
        return used(std::move(found));
    if (folders.empty())  // image and folder of masks side by side, or images/ beside masks/
      if (Files found = find(masks, "", image); !found.empty()) return used(std::move(found));
  }
  return {};
}

std::vector<fs::path> MaskIndex::masks_by_name(const fs::path& image, const fs::path& except) {
  for (const auto& [path, masks] : folders_) {
    if (path.parent_path() == except) continue;
    const fs::path inside = image.lexically_relative(path.parent_path());
    if (inside.empty() || *inside.begin() == "..") continue;
    if (Files found = find(masks, "", image); !found.empty()) return used(std::move(found));
  }
  return {};
}

std::vector<fs::path> MaskIndex::unused() const {
  std::vector<fs::path> out;
  std::set_difference(all_.begin(), all_.end(), used_.begin(), used_.end(), std::back_inserter(out));
  return out;
}

}  // namespace vigie

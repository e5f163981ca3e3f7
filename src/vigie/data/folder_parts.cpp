#include "vigie/data/folder_parts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/data/companions.h"
#include "vigie/data/folder_walk.h"
#include "vigie/data/sample_mask.h"
#include "vigie/data/twin_masks.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> folders_below(const fs::path& root, const fs::path& file) {
  std::vector<std::string> folders;
  for (const fs::path& part : file.lexically_relative(root).parent_path()) folders.push_back(part.string());
  std::erase_if(folders, [](const std::string& folder) { return folder.empty() || folder == "."; });
  return folders;
}

fs::path folder_at(const fs::path& root, const std::vector<std::string>& folders, std::size_t count) {
  fs::path path = root;
  for (std::size_t i = 0; i < count; ++i) path /= folders[i];
  return path;
}

bool is_label(LabelKind kind) {
  return kind == LabelKind::Good || kind == LabelKind::Defect;
}

/// Folders that hold a folder with a label, and so are no label themselves: cam1 of cam1/good.
std::set<fs::path> groups_in(const fs::path& root, const std::vector<fs::path>& images) {
  std::set<fs::path> parents, groups;
  for (const fs::path& image : images) parents.insert(image.parent_path());
  for (const fs::path& parent : parents) {
    const std::vector<std::string> folders = folders_below(root, parent / "image");
    for (std::size_t i = 0; i < folders.size(); ++i)
      if (is_label(label_of(folders[i]))) groups.insert(folder_at(root, folders, i));
  }
  return groups;
}

/// What the folders of one image say.
FolderPart part_of(const fs::path& root, const fs::path& image, const std::set<fs::path>& groups) {
  const std::vector<std::string> folders = folders_below(root, image);
  FolderPart part;
  part.image = image;
  part.folder = image.parent_path();
  std::optional<std::size_t> good, defect, unknown, below_defect;
  bool place_names_it = false;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (is_container(folders[i])) continue;
    const Place place = place_of(folders[i]);
    const LabelKind label = label_of(folders[i]);
    const bool is_place = place != Place::None && part.place == Place::None && part.outer.empty();
    if (is_place) part.place = place;
    if (label == LabelKind::Good && !good) {
      good = i;
    } else if (label == LabelKind::Defect && !defect) {
      defect = i;
      place_names_it = is_place;
    } else if (label == LabelKind::Defect && !below_defect) {
      below_defect = i;
    } else if (label == LabelKind::Unknown && !is_place) {
      if (!good && !defect && part.outer.empty()) part.outer = folder_at(root, folders, i + 1);
      if (groups.contains(folder_at(root, folders, i + 1))) continue;
      if (!unknown) unknown = i;
      if (defect && !below_defect) below_defect = i;
    }
  }
  const auto decided = defect ? defect : good ? good : unknown;
  if (decided) part.folder = folder_at(root, folders, *decided + 1);
  if (defect) {
    part.label = LabelKind::Defect;
    const bool plain = is_plain_defect(folders[*defect]) || place_names_it;
    part.kind = folders[*defect];
    if (plain && below_defect)
      part.kind = folders[*below_defect];
    else if (plain && (part.place == Place::None || place_names_it))
      part.kind = "anomaly";
  } else if (good) {
    part.label = LabelKind::Good;
  } else if (unknown) {
    part.kind = folders[*unknown];
  }
  return part;
}

/// The first folder below the root that is named as something else than parts; empty when there is none.
fs::path aside_folder(const fs::path& root, const fs::path& image) {
  const std::vector<std::string> folders = folders_below(root, image);
  for (std::size_t i = 0; i < folders.size(); ++i)
    if (label_of(folders[i]) == LabelKind::NotAPart) return folder_at(root, folders, i + 1);
  return {};
}

class Reader {
 public:
  explicit Reader(fs::path root) : root_(std::move(root)) {}

  FolderParts read() {
    FolderTree tree = walk_folder(root_);
    if (!tree.unlisted.empty())
      fail(ErrorKind::Io, "read_dataset", "{}: this folder cannot be listed", tree.unlisted.front().string());
    out_.left_out = std::move(tree.left_out);
    for (const fs::path& file : tree.other_formats) out_.left_out.push_back({LeftOut::Why::OtherFormat, file});
    const std::vector<fs::path> images = without_companions(without_asides(tree.images));
    const std::set<fs::path> groups = groups_in(root_, images);
    for (const fs::path& image : images) {
      FolderPart part = like_its_folder(image, groups);
      const auto beside = beside_.find(image);
      part.masks_beside = beside != beside_.end();
      part.masks = part.masks_beside ? beside->second : masks_of(part);
      out_.parts.push_back(std::move(part));
    }
    for (const auto& [folder, files] : pictures_) out_.left_out.push_back({LeftOut::Why::NotAPart, folder, files});
    look_at_masks();
    return std::move(out_);
  }

 private:
  /// part_of(), which depends on the image's folder alone.
  FolderPart like_its_folder(const fs::path& image, const std::set<fs::path>& groups) {
    const auto [known, is_new] = by_folder_.try_emplace(image.parent_path());
    if (is_new) known->second = part_of(root_, image, groups);
    FolderPart part = known->second;
    part.image = image;
    return part;
  }

  const fs::path& aside_of(const fs::path& image) {
    const auto [known, is_new] = asides_.try_emplace(image.parent_path());
    if (is_new) known->second = aside_folder(root_, image);
    return known->second;
  }

  /// Masks right at the root are those of the test unless they name the folder of training.
  std::vector<fs::path> masks_of(const FolderPart& part) {
    const bool learnt = part.place == Place::Train || part.place == Place::Validation;
    std::vector<fs::path> masks = out_.masks.masks_of(part.image, learnt);
    return masks.empty() && learnt ? out_.masks.masks_by_name(part.image, root_) : masks;
  }

  std::vector<fs::path> without_asides(const std::vector<fs::path>& images) {
    std::vector<fs::path> rest;
    for (const fs::path& image : images) {
      const fs::path& aside = aside_of(image);
      if (aside.empty())
        rest.push_back(image);
      else if (names_masks(aside.filename().string()))
        out_.masks.add(aside, image);
      else
        ++pictures_[aside];
    }
    return rest;
  }

  static std::vector<Companion> all_companions(const std::vector<fs::path>& files) {
    std::vector<Companion> companions = companions_among(files);
    const std::vector<Companion> twins = twin_masks(files);
    companions.insert(companions.end(), twins.begin(), twins.end());
    return companions;
  }

  std::vector<fs::path> without_companions(const std::vector<fs::path>& images) {
    std::map<fs::path, std::vector<fs::path>> by_folder;
    for (const fs::path& image : images) by_folder[image.parent_path()].push_back(image);
    std::set<fs::path> companions;
    for (const auto& [folder, files] : by_folder)
      for (const Companion& one : all_companions(files)) {
        companions.insert(one.file);
        if (one.mask && !one.image.empty())
          beside_[one.image].push_back(one.file);
        else
          out_.left_out.push_back({one.mask ? LeftOut::Why::LoneMask : LeftOut::Why::NotAPart, one.file});
      }
    std::vector<fs::path> rest;
    std::copy_if(images.begin(), images.end(), std::back_inserter(rest),
                 [&](const fs::path& image) { return !companions.contains(image); });
    return rest;
  }

  /// Masks decide where no folder does, and among the parts to learn from.
  void look_at_masks() {
    std::vector<FolderPart*> asked;
    for (FolderPart& part : out_.parts)
      if (!part.masks.empty() && part.label != LabelKind::Defect) asked.push_back(&part);
    parallel_for(static_cast<std::int64_t>(asked.size()), [&](std::int64_t i) {
      FolderPart& part = *asked[static_cast<std::size_t>(i)];
      part.marked = std::any_of(part.masks.begin(), part.masks.end(), marks_something);
    });
  }

  static bool marks_something(const fs::path& file) try {
    const Tensor mask = read_mask(file);
    const auto pixels = mask.values<std::uint8_t>();
    return std::any_of(pixels.begin(), pixels.end(), [](std::uint8_t pixel) { return pixel != 0; });
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Internal) throw;
    return true;
  }

  fs::path root_;
  FolderParts out_;
  std::map<fs::path, FolderPart> by_folder_;
  std::map<fs::path, fs::path> asides_;
  std::map<fs::path, std::vector<fs::path>> beside_;
  std::map<fs::path, std::int64_t> pictures_;
};

}  // namespace

FolderParts read_folder_parts(const fs::path& root) {
  return Reader(root).read();
}

}  // namespace vigie

#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vigie {

/// Finds the masks of an image in folders of masks: <masks>/<kind>/<name>, where <kind> are the image's folders below
/// the folder that holds <masks>, the first ones left out as far as needed (ground_truth/scratch for test/scratch), and
/// <name> is one of
///   007_mask.png, 007_GT.png, mask_007.png, 007_mask_1.png …   all of them; before
///   007.png                                                    ; before
///   007/000.png, 007/001.png …                                 all of them
class MaskIndex {
 public:
  /// `folder`: of masks (ground_truth, mask …); `file` lies somewhere below it.
  void add(const std::filesystem::path& folder, const std::filesystem::path& file);

  /// Masks of an image below the parent of a folder of masks, which then count as used; empty when there are none.
  /// `whole_path`: none of the image's folders may be left out.
  std::vector<std::filesystem::path> masks_of(const std::filesystem::path& image, bool whole_path = false);
  /// The same right in a folder of masks, whatever folder the image lies in: <masks>/<name>. For images whose names
  /// differ from all others'. Folders of masks right in `except` do not count.
  std::vector<std::filesystem::path> masks_by_name(const std::filesystem::path& image,
                                                   const std::filesystem::path& except = {});

  /// Masks that no call has found.
  std::vector<std::filesystem::path> unused() const;

 private:
  using Files = std::vector<std::filesystem::path>;
  struct Folder {
    /// By the folders below, joined, and the image's name.
    std::map<std::pair<std::string, std::string>, Files> marked, plain, gathered;
  };
  static Files find(const Folder& folder, const std::string& kind, const std::filesystem::path& image);
  Files used(Files masks);

  std::map<std::filesystem::path, Folder> folders_;
  std::set<std::filesystem::path> all_, used_;
};

/// The folders of `file` below `root`, without those that say nothing (images, data …).
std::vector<std::string> telling_folders(const std::filesystem::path& file, const std::filesystem::path& root);

}  // namespace vigie

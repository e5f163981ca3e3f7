#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vigie/data/label_words.h"
#include "vigie/data/layout_table.h"
#include "vigie/data/left_out.h"
#include "vigie/data/mask_index.h"

namespace vigie {

/// An image of a data set made of folders, and what its folders say of it.
struct FolderPart {
  std::filesystem::path image;
  Place place = Place::None;
  LabelKind label = LabelKind::Unknown;  ///< Good, Defect or Unknown; one folder that names a defect is enough
  std::string kind;              ///< what it would be called as a defect; empty when no folder has a name for it
  std::filesystem::path folder;  ///< that gave label or kind; else the folder the image lies in
  std::filesystem::path outer;   ///< folder of unknown name above the one that gave the label; empty: none
  std::vector<std::filesystem::path> masks;
  bool masks_beside = false;  ///< the masks lie in the image's own folder (Kolektor), where also good parts have one
  bool marked = false;        ///< a mask marks something, or cannot be read

  /// No folder says what the image is.
  bool loose() const { return label == LabelKind::Unknown && kind.empty(); }
};

struct FolderParts {
  std::vector<FolderPart> parts;
  MaskIndex masks;
  std::vector<LeftOut> left_out;
};

/// Walks `root`, tells parts from masks and pictures of other kinds, and finds each part's masks.
FolderParts read_folder_parts(const std::filesystem::path& root);

}  // namespace vigie

#pragma once

#include <filesystem>
#include <string>

#include "vigie/data/dataset.h"

namespace vigie {

/// Readers of the layouts that read_dataset() describes. Each throws BadFile when nothing fits its layout; samples and
/// classes come unsorted.

/// The index of that type of defect among the classes; a new one at their end when it is not there yet.
std::int64_t defect_class(Dataset& dataset, const std::string& name);

/// What the folders right in a root (or below images/, data/ …) are, by their names alone.
struct FirstFolders {
  bool train = false;  ///< there is one to learn from
  bool test = false;
  bool labelled = false;  ///< there is one named as good or as a defect
};
FirstFolders first_folders(const std::filesystem::path& root);

/// Subfolders of `parent` that are data sets themselves.
std::vector<std::filesystem::path> categories_in(const std::filesystem::path& parent);

/// All layouts made of folders alone (mvtec, folder). Sets `layout`.
Dataset read_folders(const std::filesystem::path& root);

bool is_visa(const std::filesystem::path& path);
Dataset read_visa(const std::filesystem::path& path);

bool is_csv(const std::filesystem::path& path);
Dataset read_csv(const std::filesystem::path& file);

}  // namespace vigie
